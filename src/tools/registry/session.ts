import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { DeployError, HttpError } from '../../interfaces/errors.ts';
import { isPlainAllowed } from '../../interfaces/plain-http.ts';
import type { RegistryFailure } from '../../interfaces/registry-provider.ts';
import { certificateAuthorities } from '../ca.ts';
import { plainHeaders } from '../http.ts';
import { networkError, networkReason } from '../network-errors.ts';
import { agentVia } from '../proxy/connector.ts';
import { withRetries } from '../retry.ts';
import { type Action, authorizationFor } from './auth.ts';
import { parseChallenge } from './challenge.ts';
import type { Login } from './credentials.ts';
import { inWordsOf, registryError } from './errors.ts';
import type { Place } from './reference.ts';
import { SharedBlobs } from './shared-blobs.ts';

export interface RegistryRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/v2/…`, or an absolute URL from a Location header. */
  path: string;
  action: Action;
  /** Another repository that is read in the same request. */
  from?: Place | undefined;
  headers?: Record<string, string>;
  /** Created again for each attempt. */
  body?: () => Uint8Array | Readable;
  /** Statuses that are answers, not errors. */
  accept: readonly number[];
  /** No answer for so long is an error; default 60 s. */
  timeoutMs?: number;
  /** Takes the content of a 200 as it comes, from its start at each attempt. `timeoutMs` is then the limit of silence, not of the whole. */
  receive?: (content: Readable) => Promise<void>;
  signal?: AbortSignal | undefined;
  /** What this is about, for errors. */
  what: string;
}

export interface RegistryResponse {
  status: number;
  headers: Record<string, string>;
  bytes: Buffer;
}

const LIMIT_MS = 60_000;

interface SessionOptions {
  env: Readonly<Record<string, string | undefined>>;
  login(place: Place): Promise<Login | undefined>;
  errors(failure: RegistryFailure): string | undefined;
}

/** One registry host: its address, logins and tokens. */
export class RegistrySession {
  readonly #host: string;
  readonly #options: SessionOptions;
  readonly #agent: Dispatcher;
  readonly #tokens = new Map<string, string>();
  /** What goes up once for all repositories. */
  readonly shared = new SharedBlobs();
  #origin: Promise<string> | undefined;

  constructor(host: string, options: SessionOptions) {
    this.#host = host;
    this.#options = options;
    const ca = certificateAuthorities(options.env, host);
    const settings = { timeout: 10_000, ...(ca && { ca }) };
    this.#agent = agentVia({ env: options.env, settings }, { headersTimeout: 0, bodyTimeout: 0 });
  }

  /** https, except for registries on this machine, and named ones, that do not speak it. */
  origin(): Promise<string> {
    this.#origin ??= isPlainAllowed(this.#host, this.#options.env) ? this.#probe() : Promise.resolve(`https://${this.#host}`);
    return this.#origin;
  }

  async #probe(): Promise<string> {
    try {
      const response = await this.#agent.request({
        origin: `https://${this.#host}`,
        path: '/v2/',
        method: 'GET',
        signal: AbortSignal.timeout(5000),
      });
      await response.body.dump();
      return `https://${this.#host}`;
    } catch (error) {
      return ['Tls', 'Network', 'Reset'].includes(networkReason(error)) ? `http://${this.#host}` : `https://${this.#host}`;
    }
  }

  /** Sent, authorised, and repeated after passing failures; other answers than `accept` are thrown. */
  async send(place: Place, request: RegistryRequest): Promise<RegistryResponse> {
    return await withRetries('safe', () => this.once(place, request));
  }

  /** Without repetition, for steps of an upload, which starts again as a whole. */
  async once(place: Place, request: RegistryRequest): Promise<RegistryResponse> {
    try {
      return await this.#authorised(place, request);
    } catch (error) {
      const action = request.action === 'pull' ? 'pull' : 'push';
      throw inWordsOf(error, ({ status, message }) => this.#options.errors({ action, status, message }));
    }
  }

  async #authorised(place: Place, request: RegistryRequest): Promise<RegistryResponse> {
    const key = `${place.path} ${request.action} ${request.from?.path ?? ''}`;
    const first = await this.#attempt(request, this.#tokens.get(key));
    const challenge = first.status === 401 ? parseChallenge(first.headers['www-authenticate']) : undefined;
    if (challenge === undefined) return this.#checked(request, first);
    const origin = new URL(await this.origin());
    const plain = (url: URL): boolean => origin.protocol === 'http:' && isPlainAllowed(url.host, this.#options.env);
    const want = { path: place.path, action: request.action, from: request.from?.path, plain };
    const header = await authorizationFor(challenge, await this.#options.login(place), want, this.#agent);
    if (header === undefined) return this.#checked(request, first);
    this.#tokens.set(key, header);
    return this.#checked(request, await this.#attempt(request, header));
  }

  #checked(request: RegistryRequest, response: RegistryResponse): RegistryResponse {
    if (request.accept.includes(response.status)) return response;
    throw registryError(request.what, response.status, response.bytes.toString('utf8'), response.headers['retry-after']);
  }

  async #attempt(request: RegistryRequest, authorization: string | undefined): Promise<RegistryResponse> {
    const origin = await this.origin();
    const url = new URL(request.path, origin);
    const { receive, timeoutMs = LIMIT_MS } = request;
    const limit = receive === undefined ? AbortSignal.timeout(timeoutMs) : undefined;
    const silenceMs = receive === undefined ? 0 : timeoutMs;
    const body = request.body?.() ?? null;
    try {
      const response = await this.#agent.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: request.method,
        headers: {
          'user-agent': 'todo-deploy',
          ...request.headers,
          // Uploads may lead to a storage host, which must not get our token.
          ...(authorization !== undefined && url.origin === origin ? { authorization } : {}),
        },
        body,
        signal: AbortSignal.any([limit, request.signal].filter((signal) => signal !== undefined)),
        headersTimeout: silenceMs,
        bodyTimeout: silenceMs,
      });
      const received = receive !== undefined && response.statusCode === 200;
      if (received) await receive(response.body);
      const bytes = received ? Buffer.alloc(0) : Buffer.from(await response.body.arrayBuffer());
      return { status: response.statusCode, headers: plainHeaders(response.headers), bytes };
    } catch (error) {
      if (request.signal?.aborted) throw request.signal.reason;
      if (error instanceof HttpError || error instanceof DeployError) throw error;
      throw networkError(`${request.what}: registry ${this.#host}`, limit?.aborted ? limit.reason : error, timeoutMs);
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}
