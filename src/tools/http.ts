import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import { buildConnector, Client } from 'undici';
import { ConfigurationError } from '../interfaces/errors.ts';
import type { Http, HttpRequest, HttpResponse } from '../interfaces/http.ts';
import { networkError } from './network-errors.ts';

const MAX_BYTES = 1024 * 1024;

/** One connection a request, as a new visitor makes it: what is measured is the service, not a connection kept from before. */
export class UndiciHttp implements Http {
  async request(request: HttpRequest): Promise<HttpResponse> {
    const url = parseUrl(request.url);
    const label = `${request.method} ${url.origin}${url.pathname}`;
    const limit = AbortSignal.timeout(request.timeoutMs);
    const broken = new AbortController();
    const signal = AbortSignal.any([limit, broken.signal, ...(request.signal === undefined ? [] : [request.signal])]);
    const started = performance.now();
    const client = new Client(url.origin, {
      connect: connector(url, request, (error) => broken.abort(error)),
      allowH2: false,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    try {
      const response = await client.request({
        method: request.method,
        path: `${url.pathname}${url.search}`,
        headers: { 'user-agent': 'todo-deploy', accept: '*/*', ...request.headers },
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

function connector(url: URL, request: HttpRequest, onError: (error: Error) => void): buildConnector.connector {
  const { connect } = request;
  if (connect !== undefined) {
    return (_options, callback) => {
      connect().then(
        (stream) => {
          // undici reports what it makes of a broken stream; the stream's own error says more.
          if (stream.errored) onError(stream.errored);
          // Its own word for a connection that it ends itself, after an answer with `Connection: close`, is no failure.
          stream.on('error', (error: Error & { code?: string }) => error.code !== 'UND_ERR_INFO' && onError(error));
          callback(null, url.protocol === 'https:' ? tlsConnect({ socket: stream, servername: url.hostname }) : asSocket(stream));
        },
        (error: Error) => callback(error, null),
      );
    };
  }
  const network = buildConnector({ timeout: request.timeoutMs, allowH2: false });
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
