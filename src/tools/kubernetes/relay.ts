import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { HttpError } from '../../interfaces/errors.ts';
import { messageOf } from '../../interfaces/values.ts';
import { networkError } from '../network-errors.ts';
import { type Answer, failureStatus, StatusError } from './answers.ts';
import { isWatch } from './calls.ts';
import { forward } from './relay-forward.ts';
import type { ApiRequest, Transport } from './transport.ts';

/** A request has an object, of 3 MiB at most. */
const LARGEST = 16 * 1024 * 1024;
const CONTEXT = 'relay';
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** One program's way through the relay. */
export interface Passage {
  /** A kubeconfig that leads through. It holds no credentials of the cluster. */
  kubeconfig: string;
  context: string;
  /** The program's words with the API server's own address. */
  told(text: string): string;
  /** What could not be ridden out: the program was told so. */
  readonly failure: HttpError | undefined;
  /** Nothing gets through any more. */
  close(): void;
}

interface Open {
  failure: HttpError | undefined;
}

/**
 * The API server for a program that we start: on this machine alone, under an address that only its kubeconfig knows. Requests go on with our
 * credentials, and hiccups are ridden out on the way, call by call: a program that is run again would run its hooks again.
 */
export class Relay {
  readonly #transport: Transport;
  readonly #open = new Map<string, Open>();
  #listening: Promise<Server> | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async passage(): Promise<Passage> {
    this.#listening ??= this.#listen();
    const { port } = (await this.#listening).address() as AddressInfo;
    const key = randomBytes(32).toString('hex');
    const state: Open = { failure: undefined };
    this.#open.set(key, state);
    const address = `http://127.0.0.1:${port}/${key}`;
    return {
      kubeconfig: kubeconfigFor(address),
      told: (text) => text.replaceAll(address, this.#transport.server),
      context: CONTEXT,
      get failure() {
        return state.failure;
      },
      close: () => void this.#open.delete(key),
    };
  }

  close(): void {
    this.#open.clear();
    const listening = this.#listening;
    this.#listening = undefined;
    void listening?.then((server) => {
      server.close();
      server.closeAllConnections();
    });
  }

  async #listen(): Promise<Server> {
    const server = createServer((incoming, response) => {
      this.#serve(incoming, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else refuse(response, 500, messageOf(error));
      });
    });
    // A program's connections go with it. One that is closed at the moment of a request would be another hiccup.
    server.keepAliveTimeout = 0;
    server.requestTimeout = 0;
    server.unref();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return server;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, key = '', path = ''] = /^\/([^/]+)(\/.*)$/.exec(incoming.url ?? '') ?? [];
    const method = METHODS.find((one) => one === incoming.method);
    const state = this.#open.get(key);
    if (!state || !method) {
      refuse(response, 403, 'This address leads nowhere');
      return;
    }
    const request = { method, path, ...headersOf(incoming), body: await bodyOf(incoming) };
    if (isWatch(path.split('?')[1] ?? '')) return await this.#stream(request, response);
    try {
      const { status, headers, body } = await forward(request, this.#transport);
      response.writeHead(status, passedOn(headers)).end(body);
    } catch (error) {
      fail(error, state, response);
    }
  }

  /** Opened again by whoever follows it. */
  async #stream(request: ApiRequest, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    try {
      const { statusCode, headers, body } = await this.#transport.patiently('safe', () => this.#opened(request, gone.signal));
      response.writeHead(statusCode, passedOn(headers));
      response.flushHeaders();
      await pipeline(body, response);
    } catch (error) {
      if (gone.signal.aborted) return;
      if (response.headersSent) response.destroy();
      else fail(error, { failure: undefined }, response);
    }
  }

  async #opened(request: ApiRequest, signal: AbortSignal) {
    try {
      return await this.#transport.open(request, signal);
    } catch (error) {
      throw error instanceof HttpError ? error : networkError(this.#transport.label(request), error);
    }
  }
}

const headersOf = ({ headers }: IncomingMessage): Pick<ApiRequest, 'agent' | 'accept' | 'contentType'> => ({
  agent: headers['user-agent'],
  accept: headers.accept ?? '*/*',
  contentType: headers['content-type'],
});

/** What a body is, and what the API server warns of. */
function passedOn({ 'content-type': type = 'application/json', warning }: Answer['headers']): Record<string, string | string[]> {
  return { 'content-type': type, ...(warning && { warning }) };
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST) throw new HttpError(`A request of more than ${LARGEST / 1024 / 1024} MiB`, { status: 413 });
    chunks.push(chunk);
  }
  return size === 0 ? undefined : Buffer.concat(chunks);
}

/** What the API server said of the object goes on as it stands; that it could not be asked, in words that name call, object and status. */
function fail(error: unknown, state: Open, response: ServerResponse): void {
  const { status, message, code } = error instanceof HttpError ? error : { status: 500, message: messageOf(error), code: undefined };
  const isServers = status === 0 || status === 429 || status >= 500;
  if (error instanceof StatusError && !isServers) {
    const { answer } = error;
    response.writeHead(answer.status, passedOn(answer.headers)).end(answer.body);
    return;
  }
  if (isServers && error instanceof HttpError) state.failure = error;
  // Without Retry-After: it was asked often enough. Of a 503 or 429 some programs tell no words at all.
  refuse(response, isServers ? 500 : status, message, code);
}

function refuse(response: ServerResponse, code: number, message: string, reason = 'InternalError'): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(failureStatus(code, message, reason)));
}

const kubeconfigFor = (server: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: CONTEXT, cluster: { server } }],
    users: [{ name: CONTEXT, user: {} }],
    contexts: [{ name: CONTEXT, context: { cluster: CONTEXT, user: CONTEXT } }],
    'current-context': CONTEXT,
  });
