import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, ToolError } from '../../interfaces/errors.ts';
import type { ProcessRunner } from '../../interfaces/process.ts';
import { parseJsonObject } from '../../interfaces/reading/json.ts';
import type { RegistryLogin } from '../../interfaces/registry-provider.ts';
import { loginVariables } from '../environment/logins.ts';

/** The password may be an identity token: then the name is `<token>`. */
export type Login = RegistryLogin;

interface DockerConfig {
  auths?: Record<string, { auth?: string; username?: string; password?: string; identitytoken?: string }>;
  credHelpers?: Record<string, string>;
  credsStore?: string;
}

export interface DockerLoginsOptions {
  runner: ProcessRunner;
  /** Folder of config.json; default DOCKER_CONFIG, else `~/.docker`. */
  folder?: string | undefined;
  env?: Readonly<Record<string, string | undefined>>;
  mask?: ((secret: string) => void) | undefined;
}

const HELPER_LIMIT_MS = 30_000;
const IDENTITY_TOKEN = '<token>';

/** Docker's login state: config.json and its credential helpers. */
export class DockerLogins {
  readonly #options: DockerLoginsOptions;
  readonly #folder: string;

  constructor(options: DockerLoginsOptions) {
    this.#options = options;
    const env = options.env ?? process.env;
    this.#folder = options.folder ?? (env.DOCKER_CONFIG || join(env.HOME ?? homedir(), '.docker'));
  }

  /** The login for a registry as users write it; undefined for none. */
  async find(registry: string): Promise<Login | undefined> {
    const config = this.#read();
    for (const key of keysOf(registry)) {
      const helper = config.credHelpers?.[key] ?? config.credsStore;
      const login = (helper ? await this.#ask(helper, key) : undefined) ?? fromEntry(config.auths?.[key]);
      if (login === undefined) continue;
      this.#options.mask?.(login.password);
      return login;
    }
    return undefined;
  }

  #read(): DockerConfig {
    const path = join(this.#folder, 'config.json');
    if (!existsSync(path)) return {};
    return parseJsonObject<DockerConfig>(
      readFileSync(path, 'utf8'),
      (why) => new ConfigurationError(`Docker's ${path} cannot be read as JSON: ${why}`),
    );
  }

  /** Helpers answer JSON, or exit with 1 where they have nothing. */
  async #ask(helper: string, key: string): Promise<Login | undefined> {
    if (!/^[\w.-]+$/.test(helper)) throw new ConfigurationError(`Docker's config.json names the credential helper "${helper}"`);
    const { exitCode, stdout } = await this.#options.runner.run({
      command: [`docker-credential-${helper}`, 'get'],
      passes: ['DOCKER_CONFIG', ...loginVariables([`docker-credential-${helper}`])],
      stdin: key,
      timeoutMs: HELPER_LIMIT_MS,
      okExitCodes: [0, 1],
    });
    if (exitCode !== 0) return undefined;
    const wrong = (why: string): ToolError => new ToolError(`What docker-credential-${helper} printed cannot be read: ${why}`);
    const response = parseJsonObject<{ Username?: string; Secret?: string }>(stdout, wrong);
    return response.Secret ? { username: response.Username ?? '', password: response.Secret } : undefined;
  }
}

export const isIdentityToken = (login: Login): boolean => login.username === IDENTITY_TOKEN;

function keysOf(registry: string): string[] {
  return registry === 'docker.io' ? ['https://index.docker.io/v1/', 'docker.io', 'index.docker.io'] : [registry, `https://${registry}`];
}

function fromEntry(entry: NonNullable<DockerConfig['auths']>[string] | undefined): Login | undefined {
  if (entry?.identitytoken) return { username: IDENTITY_TOKEN, password: entry.identitytoken };
  if (entry?.auth) {
    const text = Buffer.from(entry.auth, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon > 0) return { username: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  return entry?.username ? { username: entry.username, password: entry.password ?? '' } : undefined;
}
