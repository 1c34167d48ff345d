import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ensureRunning } from './component.ts';
import { PATHS, REGISTRY } from './config.ts';
import { run } from './exec.ts';
import { readText, writeText } from './files.ts';
import { answersOk } from './http.ts';
import { certFile, keyFile } from './pki.ts';

export const REGISTRY_USER = 'todo';
const PASSWORD_FILE = join(PATHS.pki, 'registry-password');

let password: Promise<string> | undefined;

/** The password of the registry's account, generated at the first `up`, once, however many callers ask at the same time. */
export function registryPassword(): Promise<string> {
  password ??= readOrMakePassword();
  return password;
}

async function readOrMakePassword(): Promise<string> {
  const known = await readText(PASSWORD_FILE);
  if (known) return known;
  const made = randomBytes(18).toString('base64url');
  await writeText(PASSWORD_FILE, made);
  return made;
}

/** Value of an Authorization header for the registry. */
export async function registryAuth(): Promise<string> {
  return `Basic ${Buffer.from(`${REGISTRY_USER}:${await registryPassword()}`).toString('base64')}`;
}

/** Starts the registry: TLS by our own CA, accounts, deletion allowed. */
export async function ensureRegistry(): Promise<void> {
  await mkdir(PATHS.registry, { recursive: true, mode: 0o700 });
  const htpasswd = await ensureHtpasswd();
  const config = await writeText(join(PATHS.etc, 'registry.yaml'), stringify(await registryConfig(htpasswd)));
  const headers = { authorization: await registryAuth() };
  await ensureRunning({
    name: 'registry',
    command: 'registry',
    args: ['serve', config],
    env: { OTEL_TRACES_EXPORTER: 'none' },
    configs: [config, htpasswd],
    ready: () => answersOk(`https://${REGISTRY}/v2/`, { headers }),
  });
}

async function registryConfig(htpasswd: string): Promise<object> {
  return {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: PATHS.registry }, delete: { enabled: true }, cache: { blobdescriptor: 'inmemory' } },
    http: { addr: REGISTRY, secret: await registryPassword(), tls: { certificate: certFile('registry'), key: keyFile('registry') } },
    auth: { htpasswd: { realm: 'todo-deploy', path: htpasswd } },
  };
}

async function ensureHtpasswd(): Promise<string> {
  const path = join(PATHS.etc, 'htpasswd');
  const password = await registryPassword();
  const old = await readText(path);
  if (old && (await bcrypt(password, old.slice(REGISTRY_USER.length + 1).trim())) === old.slice(REGISTRY_USER.length + 1).trim())
    return path;
  const salt = `$2b$05$${randomBytes(32).toString('base64').replace(/[+=]/g, '').slice(0, 21)}u`;
  return writeText(path, `${REGISTRY_USER}:${await bcrypt(password, salt)}\n`);
}

// The registry takes bcrypt alone; Perl reaches the C library's, and the password stays out of the arguments.
async function bcrypt(password: string, salt: string): Promise<string> {
  return run('perl', ['-e', 'my ($p, $s) = map { chomp; $_ } <STDIN>; print crypt($p, $s)'], { input: `${password}\n${salt}\n` });
}

/** Writes the folder for DOCKER_CONFIG's login. */
export async function writeDockerLogin(): Promise<void> {
  const auth = (await registryAuth()).slice('Basic '.length);
  const path = join(PATHS.docker, 'config.json');
  const wanted = JSON.stringify({ auths: { [REGISTRY]: { auth } } }, null, 2);
  if ((await readFile(path, 'utf8').catch(() => '')) !== wanted) await writeText(path, wanted);
}
