import { readFileSync } from 'node:fs';
import type { Dispatcher } from 'undici';
import { ConfigurationError, DeployError, type HttpError, ToolError } from '../../interfaces/errors.ts';
import type { ProcessRunner } from '../../interfaces/process.ts';
import { parseJson } from '../../interfaces/reading/json.ts';
import { certificateAuthorities } from '../ca.ts';
import { networkError } from '../network-errors.ts';
import { agentVia } from '../proxy/connector.ts';
import { type ProxyServer, parseProxy, proxyFor } from '../proxy/rules.ts';
import { type Patience, type Repeat, withRetries } from '../retry.ts';
import { type Answer, statusError } from './answers.ts';
import { describeCall } from './calls.ts';
import { CredentialSource, type Credentials } from './credentials.ts';
import { impersonation } from './impersonation.ts';
import type { ClusterAccess } from './load.ts';

export interface TransportOptions {
  runner?: ProcessRunner | undefined;
  mask?: ((secret: string) => void) | undefined;
  /** Proxies and certificate authorities; default the process's own. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** For one request; default 30 s. */
  requestTimeoutMs?: number | undefined;
  /** Told once of each call that is repeated: a line that names call, object and status. */
  onHiccup?: ((line: string) => void) | undefined;
}

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With query. */
  path: string;
  /** An object is sent as JSON, bytes as they are. */
  body?: unknown | undefined;
  contentType?: string | undefined;
  accept?: string | undefined;
  /** The program that asks, where it is not this one. */
  agent?: string | undefined;
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
/** Of a cluster that never answered: a wrong address is said soon. */
const FIRST_PATIENCE: Patience = { attempts: 6, budgetMs: 60_000 };
/** Of one that did, and is not there: an upgrade of its control plane. A run without its lease ends before. */
const PATIENCE: Patience = { attempts: 12, budgetMs: 30_000 };

/** HTTP to one API server: credentials, TLS, time limits, Kubernetes' errors. */
export class Transport {
  readonly #access: ClusterAccess;
  readonly #credentials: CredentialSource;
  readonly #as: Record<string, string | string[]>;
  readonly #limitMs: number;
  readonly #onHiccup: (line: string) => void;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #agents: { of: Credentials; requests: Dispatcher; streams: Dispatcher } | undefined;
  #reached = false;

  constructor(access: ClusterAccess, options: TransportOptions = {}) {
    this.#access = access;
    this.#credentials = new CredentialSource(access.selected, options);
    this.#env = options.env ?? process.env;
    this.#limitMs = options.requestTimeoutMs ?? DEFAULT_LIMIT_MS;
    this.#onHiccup = options.onHiccup ?? (() => undefined);
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

  /** A stream, as it is opened; other codes than 2xx are thrown. */
  async open(request: ApiRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const response = await this.#authenticated(request, signal, 'streams');
    if (isGood(response.statusCode)) return response;
    throw statusError(request, await whole(response));
  }

  /** Asked once more with new credentials, where they may have run out. */
  async #authenticated(request: ApiRequest, signal: AbortSignal, kind: 'requests' | 'streams'): Promise<Dispatcher.ResponseData> {
    const response = await this.#send(request, signal, kind);
    if (response.statusCode !== 401 || !this.forgetCredentials()) return response;
    await response.body.dump();
    return await this.#send(request, signal, kind);
  }

  async #send(request: ApiRequest, signal: AbortSignal, kind: 'requests' | 'streams'): Promise<Dispatcher.ResponseData> {
    const agent = this.#agentsFor(await this.#credentials.get())[kind];
    const { body, method, path, accept = 'application/json', contentType = 'application/json' } = request;
    const headers: Record<string, string | string[]> = { accept, ...(await this.headers()) };
    if (request.agent !== undefined) headers['user-agent'] = request.agent;
    if (body !== undefined) headers['content-type'] = contentType;
    return await agent.request({
      origin: new URL(this.server).origin,
      path: new URL(this.server).pathname.replace(/\/$/, '') + path,
      method,
      headers,
      body: body === undefined ? null : body instanceof Uint8Array ? body : JSON.stringify(body),
      signal,
    });
  }

  /**
   * The answer to a request, repeated after passing failures as far as `repeat` allows. Errors: `StatusError` of an answer that is no success,
   * `HttpError` with status 0 where none came.
   */
  async exchange(request: ApiRequest, repeat: Repeat): Promise<Answer> {
    return await this.patiently(repeat, () => this.#once(request));
  }

  /** A call, repeated after passing failures as far as `repeat` allows, and said once. Errors: the last one, with the number of attempts. */
  async patiently<T>(repeat: Repeat, call: () => Promise<T>, patience?: Patience): Promise<T> {
    const started = performance.now();
    let attempts = 1;
    const onRetry = (error: HttpError): void => {
      if (attempts++ === 1) this.hiccup(error);
    };
    try {
      return await withRetries(repeat, call, { patience: (error) => patience ?? this.#patience(error), onRetry });
    } catch (error) {
      if (attempts > 1 && error instanceof Error)
        error.message += ` (${attempts} attempts in ${Math.round((performance.now() - started) / 1000)} s)`;
      throw error;
    }
  }

  async #once(request: ApiRequest): Promise<Answer> {
    const limit = AbortSignal.timeout(this.#limitMs);
    try {
      const answer = await whole(await this.#authenticated(request, limit, 'requests'));
      this.#reached = true;
      if (isGood(answer.status)) return answer;
      throw statusError(request, answer);
    } catch (error) {
      // Already our own error: the API's own answer, a kubeconfig or a login program that does not work.
      if (error instanceof DeployError) throw error;
      throw networkError(this.label(request), error, this.#limitMs);
    }
  }

  label = (request: ApiRequest): string => `Kubernetes API ${this.server} (${describeCall(request)})`;

  /** A server that fails at one thing does so again; one that is away comes back. */
  #patience = ({ status }: HttpError): Patience => (this.#reached && status !== 500 ? PATIENCE : FIRST_PATIENCE);

  /** Says what is ridden out. */
  hiccup({ message }: Error): void {
    this.#onHiccup(`A hiccup of the cluster, ridden out: ${message}`);
  }

  async text(request: ApiRequest, repeat: Repeat): Promise<string> {
    return (await this.exchange(request, repeat)).body.toString('utf8');
  }

  async json<T>(request: ApiRequest, repeat: Repeat): Promise<T> {
    return parseJson<T>(
      await this.text(request, repeat),
      (why) => new ToolError(`The API server's answer to ${describeCall(request)}: ${why}`),
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

const isGood = (status: number): boolean => status >= 200 && status < 300;

const whole = async ({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<Answer> => ({
  status: statusCode,
  headers,
  body: Buffer.from(await body.arrayBuffer()),
});
