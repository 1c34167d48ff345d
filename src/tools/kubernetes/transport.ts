import { readFileSync } from 'node:fs';
import type { Dispatcher } from 'undici';
import { ConfigurationError, DeployError, HttpError, ToolError } from '../../interfaces/errors.ts';
import type { ProcessRunner } from '../../interfaces/process.ts';
import { parseJson, tryJsonObject } from '../../interfaces/reading/json.ts';
import { certificateAuthorities } from '../ca.ts';
import { networkError } from '../network-errors.ts';
import { agentVia } from '../proxy/connector.ts';
import { type ProxyServer, parseProxy, proxyFor } from '../proxy/rules.ts';
import { type Repeat, RetryAfterError, withRetries } from '../retry.ts';
import { CredentialSource, type Credentials } from './credentials.ts';
import type { UserEntry } from './kubeconfig.ts';
import type { ClusterAccess } from './load.ts';
import { withoutObjects } from './refused-values.ts';

export interface TransportOptions {
  runner?: ProcessRunner | undefined;
  mask?: ((secret: string) => void) | undefined;
  /** Proxies and certificate authorities; default the process's own. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** For one request; default 30 s. */
  requestTimeoutMs?: number | undefined;
}

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With query. */
  path: string;
  body?: unknown | undefined;
  contentType?: string | undefined;
  accept?: string | undefined;
}

/** What TLS needs, for undici and for web sockets. */
export interface TlsSettings {
  ca?: string | string[] | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  servername?: string | undefined;
  rejectUnauthorized: boolean;
}

const DEFAULT_LIMIT_MS = 30_000;
const CONNECT_LIMIT_MS = 10_000;
/** Requests side by side; more wait for their turn. */
const CONNECTIONS = 32;

/** HTTP to one API server: credentials, TLS, time limits, Kubernetes' errors. */
export class Transport {
  readonly #access: ClusterAccess;
  readonly #credentials: CredentialSource;
  readonly #as: Record<string, string | string[]>;
  readonly #limitMs: number;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #agents: { of: Credentials; requests: Dispatcher; streams: Dispatcher } | undefined;

  constructor(access: ClusterAccess, options: TransportOptions = {}) {
    this.#access = access;
    this.#credentials = new CredentialSource(access.selected, options);
    this.#env = options.env ?? process.env;
    this.#limitMs = options.requestTimeoutMs ?? DEFAULT_LIMIT_MS;
    this.#as = impersonation(access.selected.user);
  }

  get server(): string {
    return this.#access.server.replace(/\/$/, '');
  }

  get env(): Readonly<Record<string, string | undefined>> {
    return this.#env;
  }

  /** The kubeconfig's own proxy before the environment's, as kubectl does it. */
  proxy(): ProxyServer | undefined {
    const named = this.#access.selected.cluster['proxy-url'];
    return named ? parseProxy(named, "the kubeconfig's proxy-url") : proxyFor(new URL(this.server), this.#env);
  }

  async tls(): Promise<TlsSettings> {
    return this.#tls(await this.#credentials.get());
  }

  async headers(): Promise<Record<string, string | string[]>> {
    return { 'user-agent': 'todo-deploy', ...this.#as, ...(await this.#credentials.get()).headers };
  }

  forgetCredentials(): boolean {
    return this.#credentials.forget();
  }

  #tls(credentials: Credentials): TlsSettings {
    const { cluster } = this.#access.selected;
    const path = cluster['certificate-authority'];
    const data = cluster['certificate-authority-data'];
    const ca = data ? Buffer.from(data, 'base64').toString('utf8') : path ? readCa(path) : certificateAuthorities(this.#env);
    return {
      rejectUnauthorized: cluster['insecure-skip-tls-verify'] !== true,
      ca,
      cert: credentials.cert,
      key: credentials.key,
      servername: cluster['tls-server-name'] || undefined,
    };
  }

  /** Connections are kept alive; others where a plugin hands out another certificate. Streams hold theirs, so requests have a pool of their own. */
  #agentsFor(credentials: Credentials): { requests: Dispatcher; streams: Dispatcher } {
    if (this.#agents === undefined || this.#agents.of.cert !== credentials.cert) {
      const old = this.#agents;
      const via = { env: this.#env, settings: { ...this.#tls(credentials), timeout: CONNECT_LIMIT_MS }, proxyOf: () => this.proxy() };
      const limits = { headersTimeout: 0, bodyTimeout: 0 };
      this.#agents = {
        of: credentials,
        requests: agentVia(via, { ...limits, connections: CONNECTIONS }),
        streams: agentVia(via, limits),
      };
      void old?.requests.close();
      void old?.streams.close();
    }
    return this.#agents;
  }

  /** The raw answer, for streams; other codes than 2xx are thrown. */
  async open(request: ApiRequest, signal: AbortSignal, kind: 'requests' | 'streams' = 'streams'): Promise<Dispatcher.ResponseData> {
    const response = await this.#send(request, signal, kind);
    if (response.statusCode !== 401 || !this.forgetCredentials()) return await this.#checked(request, response);
    await response.body.dump();
    return await this.#checked(request, await this.#send(request, signal, kind));
  }

  async #send(request: ApiRequest, signal: AbortSignal, kind: 'requests' | 'streams'): Promise<Dispatcher.ResponseData> {
    const agent = this.#agentsFor(await this.#credentials.get())[kind];
    const headers: Record<string, string | string[]> = { accept: request.accept ?? 'application/json', ...(await this.headers()) };
    if (request.body !== undefined) headers['content-type'] = request.contentType ?? 'application/json';
    return await agent.request({
      origin: new URL(this.server).origin,
      path: new URL(this.server).pathname.replace(/\/$/, '') + request.path,
      method: request.method,
      headers,
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal,
    });
  }

  async #checked(request: ApiRequest, response: Dispatcher.ResponseData): Promise<Dispatcher.ResponseData> {
    if (response.statusCode >= 200 && response.statusCode < 300) return response;
    throw statusError(request, response.statusCode, await response.body.text(), response.headers['retry-after']);
  }

  /** The answer's text, repeated after passing failures as far as `repeat` allows. */
  async text(request: ApiRequest, repeat: Repeat): Promise<string> {
    return await withRetries(repeat, async () => {
      const limit = AbortSignal.timeout(this.#limitMs);
      try {
        return await (await this.open(request, limit, 'requests')).body.text();
      } catch (error) {
        // Already our own error: the API's own answer, a kubeconfig or a login program that does not work.
        if (error instanceof DeployError) throw error;
        throw networkError(`Kubernetes API ${this.server} (${request.method} ${request.path.split('?')[0]})`, error, this.#limitMs);
      }
    });
  }

  async json<T>(request: ApiRequest, repeat: Repeat): Promise<T> {
    const path = request.path.split('?')[0];
    return parseJson<T>(
      await this.text(request, repeat),
      (why) => new ToolError(`The Kubernetes API's answer to ${request.method} ${path}: ${why}`),
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.#agents?.requests.destroy(), this.#agents?.streams.destroy()]);
    this.#agents = undefined;
  }
}

function readCa(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigurationError(`The kubeconfig names ${path}, which cannot be read`, { cause });
  }
}

/** As kubectl does it. */
function impersonation(user: UserEntry): Record<string, string | string[]> {
  if (!user.as) return {};
  const extra = Object.entries(user['as-user-extra'] ?? {}).map(
    ([key, values]) => [`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`, values] as const,
  );
  return {
    'impersonate-user': user.as,
    ...(user['as-groups']?.length ? { 'impersonate-group': [...user['as-groups']] } : {}),
    ...(user['as-uid'] ? { 'impersonate-uid': user['as-uid'] } : {}),
    ...Object.fromEntries(extra),
  };
}

interface Status {
  message: string;
  reason: string;
  details: { causes?: { field?: string }[] | null } | null;
}

/** Kubernetes answers errors as a Status object. */
function statusError(request: ApiRequest, status: number, body: string, retryAfter: string | string[] | undefined): HttpError {
  const parsed: Partial<Status> = tryJsonObject<Status>(body) ?? { message: body.slice(0, 300) };
  const message =
    withoutObjects(parsed.message ?? '') || `Kubernetes API answered ${status} to ${request.method} ${request.path.split('?')[0]}`;
  const fields = (parsed.details?.causes ?? []).flatMap(({ field }) => field ?? []);
  const details = isUndeclared(message) ? { status: 422, code: 'Invalid' } : { status, code: parsed.reason, hint: HINTS[status], fields };
  const seconds = Number([retryAfter].flat()[0]);
  return Number.isFinite(seconds)
    ? new RetryAfterError(message, { ...details, retryAfterMs: seconds * 1000 })
    : new HttpError(message, details);
}

/** A server-side apply of a field that the kind does not have is the object's mistake, though the API server answers 500. */
const isUndeclared = (message: string): boolean => /^failed to create typed patch object/.test(message);

const HINTS: Readonly<Record<number, string>> = {
  401: 'the cluster does not accept these credentials: is the kubeconfig up to date?',
  403: 'the account of the kubeconfig lacks this permission: see the Role in the documentation',
};
