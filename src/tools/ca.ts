import { existsSync, readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { ConfigurationError } from '../interfaces/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Certificate authorities for a service that may be a company's own: Node's, and those of SSL_CERT_FILE and NODE_EXTRA_CA_CERTS (Node itself
 * reads only the second, and only when it starts), and docker's for a registry. Undefined: Node's own are all.
 */
export function certificateAuthorities(env: Environment = process.env, registryHost?: string): string[] | undefined {
  const named = [env.SSL_CERT_FILE, env.NODE_EXTRA_CA_CERTS].filter((path): path is string => path !== undefined && path !== '');
  const docker = registryHost === undefined ? undefined : `/etc/docker/certs.d/${registryHost}/ca.crt`;
  const paths = [...new Set([...named, ...(docker !== undefined && existsSync(docker) ? [docker] : [])])];
  return paths.length === 0 ? undefined : [...rootCertificates, ...paths.map((path) => read(path))];
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigurationError(`The certificate file ${path} (SSL_CERT_FILE or NODE_EXTRA_CA_CERTS) cannot be read`, { cause });
  }
}
