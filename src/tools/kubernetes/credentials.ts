import { readFileSync } from 'node:fs';
import { ConfigurationError, ProcessError, TimeoutError, ToolError } from '../../interfaces/errors.ts';
import type { ProcessRunner } from '../../interfaces/process.ts';
import { tryJsonObject } from '../../interfaces/reading/json.ts';
import { messageOf } from '../../interfaces/values.ts';
import { pluginVariables } from '../environment/logins.ts';
import type { ExecEntry, SelectedContext, UserEntry } from './kubeconfig.ts';

/** What one request is authenticated with. */
export interface Credentials {
  headers: Record<string, string>;
  /** PEM of a client certificate and its key. */
  cert?: string | undefined;
  key?: string | undefined;
}

const TOKEN_FILE_MS = 60_000;
const EARLY_MS = 60_000;
const EXEC_LIMIT_MS = 60_000;

/** Returns the credentials of a kubeconfig's user; tokens from files and exec plugins are kept until they run out. */
export class CredentialSource {
  readonly #user: UserEntry;
  readonly #cluster: SelectedContext['cluster'];
  readonly #runner: ProcessRunner | undefined;
  readonly #mask: (secret: string) => void;
  #cached: { credentials: Credentials; until: number } | undefined;
  #pending: Promise<Credentials> | undefined;

  constructor(context: SelectedContext, options: { runner?: ProcessRunner | undefined; mask?: ((secret: string) => void) | undefined }) {
    this.#user = context.user;
    this.#cluster = context.cluster;
    this.#runner = options.runner;
    this.#mask = options.mask ?? (() => undefined);
  }

  async get(): Promise<Credentials> {
    if (this.#cached !== undefined && Date.now() < this.#cached.until) return this.#cached.credentials;
    // Requests side by side share one run of the plugin.
    this.#pending ??= this.#read().finally(() => {
      this.#pending = undefined;
    });
    return await this.#pending;
  }

  /** After a 401: true when trying again may help. */
  forget(): boolean {
    const refreshable = this.#user.exec != null || this.#user.tokenFile !== undefined;
    if (refreshable) this.#cached = undefined;
    return refreshable;
  }

  async #read(): Promise<Credentials> {
    const { credentials, until } = this.#user.exec ? await this.#exec(this.#user.exec) : this.#static();
    this.#cached = { credentials, until };
    return credentials;
  }

  #static(): { credentials: Credentials; until: number } {
    const user = this.#user;
    const token = user.tokenFile ? this.#file(user.tokenFile).trim() : user.token;
    if (token) this.#mask(token);
    const headers: Record<string, string> = {};
    if (token) headers.authorization = `Bearer ${token}`;
    else if (user.username) {
      headers.authorization = `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`;
    }
    const cert = this.#pem(user['client-certificate-data'], user['client-certificate']);
    const key = this.#pem(user['client-key-data'], user['client-key']);
    return {
      credentials: { headers, cert, key },
      until: user.tokenFile ? Date.now() + TOKEN_FILE_MS : Number.POSITIVE_INFINITY,
    };
  }

  #pem(data: string | undefined, path: string | undefined): string | undefined {
    if (data) return Buffer.from(data, 'base64').toString('utf8');
    return path ? this.#file(path) : undefined;
  }

  #file(path: string): string {
    try {
      return readFileSync(path, 'utf8');
    } catch (cause) {
      throw new ConfigurationError(`The kubeconfig names ${path}, which cannot be read`, { cause });
    }
  }

  async #exec(entry: ExecEntry): Promise<{ credentials: Credentials; until: number }> {
    if (this.#runner === undefined) throw new ConfigurationError('The kubeconfig uses an exec plugin, which cannot be run here');
    const apiVersion = entry.apiVersion ?? 'client.authentication.k8s.io/v1';
    const info = {
      apiVersion,
      kind: 'ExecCredential',
      spec: {
        interactive: false,
        cluster: entry.provideClusterInfo
          ? { server: this.#cluster.server, 'certificate-authority-data': this.#cluster['certificate-authority-data'] }
          : undefined,
      },
    };
    const env = Object.fromEntries((entry.env ?? []).map(({ name, value }) => [name, value]));
    const result = await this.#runner
      .run({
        command: [entry.command, ...(entry.args ?? [])],
        passes: pluginVariables(entry),
        env: { ...env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
        timeoutMs: EXEC_LIMIT_MS,
      })
      .catch((error: unknown) => {
        // Not the error itself: it holds the arguments, and those may be credentials.
        throw new ToolError(`The kubeconfig's login program ${entry.command} failed: ${withoutArguments(causeOf(error), entry)}`, {
          hint:
            entry.installHint ??
            `is it installed on the runner and logged in? Of the job's variables it gets ${pluginVariables(entry).join(', ') || 'no others'}`,
        });
      });
    return this.#parse(entry.command, result.stdout);
  }

  #parse(command: string, stdout: string): { credentials: Credentials; until: number } {
    const status = tryJsonObject<{ status: ExecStatus }>(stdout)?.status;
    if (!status?.token && !status?.clientCertificateData) {
      throw new ToolError(`The kubeconfig's login program ${command} returned neither a token nor a certificate`);
    }
    if (status.token) this.#mask(status.token);
    if (status.clientKeyData) this.#mask(status.clientKeyData);
    const expires = status.expirationTimestamp ? Date.parse(status.expirationTimestamp) - EARLY_MS : Number.POSITIVE_INFINITY;
    return {
      credentials: {
        headers: status.token ? { authorization: `Bearer ${status.token}` } : {},
        cert: status.clientCertificateData || undefined,
        key: status.clientKeyData || undefined,
      },
      until: expires,
    };
  }
}

const causeOf = (error: unknown): string => {
  if (!(error instanceof ProcessError)) return error instanceof TimeoutError ? `no end within ${error.limitMs / 1000} s` : messageOf(error);
  const how = error.signal === undefined ? `exit code ${error.exitCode ?? 'unknown'}` : `signal ${error.signal}`;
  const said = error.stderr.trim().split('\n').at(-1) ?? '';
  return said === '' ? how : `${how}: ${said}`;
};

/** A program may repeat what it was started with. */
function withoutArguments(text: string, { args, env }: ExecEntry): string {
  const parts = (args ?? []).flatMap((argument) => [argument, argument.slice(argument.indexOf('=') + 1)]);
  const hidden = [...parts, ...(env ?? []).map(({ value }) => value)].filter((part) => part.length >= 4);
  return hidden.sort((a, b) => b.length - a.length).reduce((result, part) => result.replaceAll(part, '…'), text);
}

interface ExecStatus {
  token?: string | undefined;
  clientCertificateData?: string | undefined;
  clientKeyData?: string | undefined;
  expirationTimestamp?: string | undefined;
}
