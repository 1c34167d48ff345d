import { existsSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '../../interfaces/errors.ts';
import { isRegistryHost, isRepositoryPath, locatePrefix } from '../../interfaces/image-reference.ts';
import { parseJsonObject } from '../../interfaces/reading/json.ts';
import type { RegistryLogin } from '../../interfaces/registry-provider.ts';
import type { ActionContext } from '../../runtime/action.ts';
import type { Inputs } from '../../runtime/inputs.ts';

/** `host[:port][/prefix]`, as it goes before an image's name: in lower case, since registries take no other, and organizations may have capitals. */
export function readRegistry(inputs: Inputs, say: (line: string) => void = () => undefined): string {
  const given = inputs.required('registry', { describe: 'a registry with its prefix, such as registry.digitalocean.com/acme' });
  const value = given.toLowerCase();
  if (value !== given) say(`Registries take lower case only: "${given}" is read as ${value}`);
  const wrong = (what: string, hint: string): ConfigurationError =>
    new ConfigurationError(`Input "registry" is "${given}": ${what}`, { hint });
  if (value.includes('://')) throw wrong('it has a scheme', `write ${value.replace(/^.*?:\/\//, '')}`);
  const [host = '', ...rest] = value.replace(/\/+$/, '').split('/');
  if (!isRegistryHost(host)) {
    if (!isRepositoryPath(host)) throw wrong('it has no registry host', 'write host/prefix, such as registry.example.com/acme');
    throw wrong(`"${host}" is not a registry host`, `write docker.io/${value} for Docker Hub`);
  }
  if (rest.length > 0 && !isRepositoryPath(rest.join('/')))
    throw wrong('its prefix is not a repository path', 'letters, digits, . _ - and /');
  return [host, ...rest].join('/');
}

/** The inputs `username` and `password`; undefined where they are left out. */
export function readLogin(inputs: Inputs): RegistryLogin | undefined {
  const username = inputs.string('username');
  const password = inputs.secret('password');
  if (username !== '' && password === '') throw new ConfigurationError('Input "username" is set, but "password" is not');
  if (password !== '' && username === '') throw new ConfigurationError('Input "password" is set, but "username" is not');
  return username === '' ? undefined : { username, password };
}

export interface DockerConfig {
  /** Value of DOCKER_CONFIG. */
  folder: string;
  /** For docker, buildx and Trivy. */
  env: Record<string, string>;
}

interface ConfigFile {
  auths?: Record<string, unknown>;
  credHelpers?: Record<string, string>;
  [key: string]: unknown;
}

/**
 * A private copy of docker's configuration with the login in it (0600, removed in the post step). The user's own is never written to, and the
 * password is in no argument. Without a login the user's own is used as it is.
 */
export function dockerConfig(registry: string, login: RegistryLogin | undefined, { temp, variables, mask }: ActionContext): DockerConfig {
  const own = variables.DOCKER_CONFIG || join(variables.HOME || homedir(), '.docker');
  if (login === undefined) return { folder: own, env: {} };
  const host = hostKey(registry);
  const auth = authOf(login, mask);
  const folder = temp.directory('docker');
  const config = readConfig(join(own, 'config.json'));
  const merged: ConfigFile = {
    ...config,
    auths: { ...config.auths, [host]: { auth } },
    // A helper would win over what is written here.
    ...((config.credsStore !== undefined || config.credHelpers?.[host] !== undefined) && {
      credHelpers: { ...config.credHelpers, [host]: '' },
    }),
  };
  write(folder, merged);
  // docker looks for its plugins and contexts beside config.json, buildx for its builders.
  for (const name of ['cli-plugins', 'contexts', 'tls']) {
    if (existsSync(join(own, name))) symlinkSync(join(own, name), join(folder, name));
  }
  return { folder, env: { DOCKER_CONFIG: folder, BUILDX_CONFIG: variables.BUILDX_CONFIG || join(own, 'buildx') } };
}

/** Puts another login for the same registry into a private configuration. */
export function replaceLogin({ folder }: DockerConfig, registry: string, login: RegistryLogin, mask: (secret: string) => void): void {
  const config = readConfig(join(folder, 'config.json'));
  write(folder, { ...config, auths: { ...config.auths, [hostKey(registry)]: { auth: authOf(login, mask) } } });
}

function authOf({ username, password }: RegistryLogin, mask: (secret: string) => void): string {
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  mask(auth);
  return auth;
}

/** Written beside it and moved: a program that reads it meanwhile sees one or the other. */
function write(folder: string, config: ConfigFile): void {
  const path = join(folder, 'config.json');
  writeFileSync(`${path}.new`, JSON.stringify(config), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Docker Hub's login is kept under its old address. */
function hostKey(registry: string): string {
  const { host } = locatePrefix(registry);
  return host === 'docker.io' ? 'https://index.docker.io/v1/' : host;
}

function readConfig(path: string): ConfigFile {
  if (!existsSync(path)) return {};
  return parseJsonObject<ConfigFile>(readFileSync(path, 'utf8'), (why) => new ConfigurationError(`${path} is not JSON: ${why}`));
}
