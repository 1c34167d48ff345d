import { ConfigurationError } from '../../interfaces/errors.ts';

export interface Place {
  /** As users write it, the key of a login: `docker.io`, `ghcr.io`, `localhost:5000`. */
  registry: string;
  /** Host that is asked. */
  host: string;
  /** Path of the repository inside the registry. */
  path: string;
}

const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
export const DIGEST = /^sha256:[0-9a-f]{64}$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** `host[:port]/path` → its parts. Docker Hub's names are completed. */
export function parseRepository(repository: string): Place {
  const slash = repository.indexOf('/');
  const registry = slash < 0 ? '' : repository.slice(0, slash);
  const path = repository.slice(slash + 1);
  if (!/^([\w.-]+|\[[0-9a-f:]+\])(:\d+)?$/i.test(registry) || !PATH.test(path)) {
    throw new ConfigurationError(`"${repository}" is not a repository`, {
      hint: 'write host/path in lower case, such as ghcr.io/acme/todo-backend',
    });
  }
  if (registry === 'docker.io' || registry === 'index.docker.io') {
    return { registry: 'docker.io', host: 'registry-1.docker.io', path: path.includes('/') ? path : `library/${path}` };
  }
  return { registry, host: registry, path };
}

export function checkReference(reference: string): string {
  if (DIGEST.test(reference) || TAG.test(reference)) return reference;
  throw new ConfigurationError(`"${reference}" is neither a tag nor a digest`);
}

/** Docker trusts registries on the machine itself without TLS. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(host);
