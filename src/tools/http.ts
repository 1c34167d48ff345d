import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import { type buildConnector, Client } from 'undici';
import { ConfigurationError } from '../interfaces/errors.ts';
import type { Http, HttpRequest, HttpResponse } from '../interfaces/http.ts';
import { exposedHeader, PLAIN_HTTP } from '../interfaces/plain-http.ts';
import { certificateAuthorities } from './ca.ts';
import { networkError } from './network-errors.ts';
import { connectorVia, requestVia } from './proxy/connector.ts';
import { type ProxyServer, proxyFor } from './proxy/rules.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const MAX_BYTES = 1024 * 1024;

/** One connection a request, as a new visitor makes it: what is measured is the service, not a connection kept from before. */
export class UndiciHttp implements Http {
  readonly #env: Environment;
  readonly #proxied: boolean;

  /** `proxied`: requests go as HTTPS_PROXY, HTTP_PROXY and NO_PROXY say, unless one says otherwise itself. */
  constructor({ env = process.env, proxied = true }: { env?: Environment; proxied?: boolean } = {}) {
    this.#env = env;
    this.#proxied = proxied;
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    const url = parseUrl(request.url);
    const label = `${request.method} ${url.origin}${url.pathname}`;
    // Through a port-forward it is the API server's TLS.
    if (request.connect === undefined) requireTls(url, request, this.#env);
    const limit = AbortSignal.timeout(request.timeoutMs);
    const broken = new AbortController();
    const signal = AbortSignal.any([limit, broken.signal, ...(request.signal === undefined ? [] : [request.signal])]);
    const started = performance.now();
    const isDirect = request.connect !== undefined || request.address !== undefined || !(request.proxy ?? this.#proxied);
    const proxy = isDirect ? undefined : proxyFor(url, this.#env);
    const way = requestVia(url, proxy);
    const client = new Client(url.origin, {
      connect: connector(url, request, { env: this.#env, proxy, onError: (error) => broken.abort(error) }),
      allowH2: false,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    try {
      const response = await client.request({
        method: request.method,
        path: way.path,
        headers: { 'user-agent': 'todo-deploy', accept: '*/*', ...request.headers, ...way.headers },
        body: request.body ?? null,
        signal,
      });
      const body = await readBody(response.body, request.maxBytes ?? MAX_BYTES);
      return { status: response.statusCode, headers: plainHeaders(response.headers), body, durationMs: performance.now() - started };
    } catch (error) {
      if (request.signal?.aborted && !limit.aborted) throw request.signal.reason;
      const cause = limit.aborted ? limit.reason : broken.signal.aborted ? broken.signal.reason : error;
      throw networkError(label, cause, request.timeoutMs);
    } finally {
      client.destroy().catch(() => undefined);
    }
  }
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new ConfigurationError(`"${text}" is not an http or https address`);
  return url;
}

function requireTls(url: URL, { headers = {} }: HttpRequest, env: Environment): void {
  const header = exposedHeader(url, headers, env);
  if (header === undefined) return;
  throw new ConfigurationError(`${url.origin} would get the header "${header}" unencrypted`, {
    hint: `Use the https address. If the network in between is your own, name the host at the step: env: {${PLAIN_HTTP}: ${url.host}}`,
  });
}

interface Way {
  env: Environment;
  proxy: ProxyServer | undefined;
  onError: (error: Error) => void;
}

function connector(url: URL, request: HttpRequest, { env, proxy, onError }: Way): buildConnector.connector {
  const ca = certificateAuthorities(env);
  const { connect } = request;
  if (connect !== undefined) {
    return (_options, callback) => {
      connect().then(
        (stream) => {
          // undici reports what it makes of a broken stream; the stream's own error says more.
          if (stream.errored) onError(stream.errored);
          // Its own word for a connection that it ends itself, after an answer with `Connection: close`, is no failure.
          stream.on('error', (error: Error & { code?: string }) => error.code !== 'UND_ERR_INFO' && onError(error));
          callback(null, url.protocol === 'https:' ? tlsConnect({ socket: stream, servername: url.hostname, ca }) : asSocket(stream));
        },
        (error: Error) => callback(error, null),
      );
    };
  }
  const settings = { timeout: request.timeoutMs, ...(ca && { ca }) };
  const network = connectorVia({ env, settings, proxyOf: () => proxy });
  if (request.address === undefined) return network;
  const hostname = request.address;
  return (options, callback) => network({ ...options, hostname, servername: options.servername ?? url.hostname }, callback);
}

/** A stream with what undici expects of a socket. */
function asSocket(stream: Duplex): Socket {
  const socket = stream as Socket;
  socket.ref ??= () => socket;
  socket.unref ??= () => socket;
  socket.setTimeout ??= () => socket;
  socket.setKeepAlive ??= () => socket;
  socket.setNoDelay ??= () => socket;
  return socket;
}

async function readBody(body: AsyncIterable<Buffer> & { destroy(): unknown }, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= limit) break;
  }
  return Buffer.concat(chunks).subarray(0, limit).toString('utf8');
}

export function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), [value].flat().join(', ')]])),
  );
}
