import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ExchangeRequest, OpenApiChecker } from '../openapi.ts';
import { digitalOceanDescription } from './description.ts';
import { type Answer, failure, ROUTES } from './routes.ts';
import { type World, world } from './world.ts';

/** One answer that is not the usual one. `cut` and `not JSON` break the description on purpose, as a network or a proxy does. */
export type Fault = number | 'cut' | 'half' | 'not JSON';

const WORDS: Readonly<Record<number, [string, string]>> = {
  401: ['unauthorized', 'Unable to authenticate you.'],
  403: ['forbidden', 'You are not authorized to perform this operation'],
  404: ['not_found', 'The resource you requested could not be found.'],
  409: ['conflict', 'The request could not be completed due to a conflict.'],
  422: ['unprocessable_entity', 'the request was well formed, and its meaning was not'],
  429: ['too_many_requests', 'API rate limit exceeded.'],
  500: ['server_error', 'Unexpected server-side error'],
};

/** Parameters that the description has in its prose only. */
export const EXCEPTIONS = {
  query: {
    'GET /v2/registries/{registry_name}/docker-credentials': {
      read_write: { type: 'boolean' },
      expiry_seconds: { type: 'integer', minimum: 0 },
    },
  },
  // Named by the registry's host, which is another one in tests.
  open: ['auths'],
};

export interface Seen extends ExchangeRequest {
  status: number | 'cut';
}

/** A server that answers as DigitalOcean's API; every request and every answer is held to the published description. */
export class DigitalOceanStandIn {
  readonly world: World = world();
  readonly seen: Seen[] = [];
  /** What broke the description. */
  readonly problems: string[] = [];
  /** Seconds of `retry-after` with a 429. */
  retryAfter = 1;
  /** Unix time with a 429 instead of `retry-after`. */
  rateReset: number | undefined;
  readonly #checker = new OpenApiChecker(digitalOceanDescription(), EXCEPTIONS);
  readonly #server: Server;
  readonly #faults: { path: RegExp; fault: Fault; times: number }[] = [];

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<DigitalOceanStandIn> {
    const made = new DigitalOceanStandIn();
    await new Promise<void>((resolve) => made.#server.listen(0, '127.0.0.1', resolve));
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next requests whose path matches get this instead of their answer. */
  fail(path: RegExp, fault: Fault, times = 1): void {
    this.#faults.push({ path, fault, times });
  }

  /** Everything is answered as usual again, and nothing was seen. */
  reset(): void {
    Object.assign(this.world, world());
    this.#faults.length = 0;
    this.seen.length = 0;
    this.problems.length = 0;
    this.retryAfter = 1;
    this.rateReset = undefined;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const request: ExchangeRequest = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    this.problems.push(...this.#checker.request(request));
    const fault = this.#fault(request.url);
    if (fault === 'cut' || fault === 'half') {
      this.seen.push({ ...request, status: 'cut' });
      if (fault === 'cut') return void incoming.socket.destroy();
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
        .write('{"kubern', () => incoming.socket.destroy());
      return;
    }
    if (fault === 'not JSON') {
      this.seen.push({ ...request, status: 200 });
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in to the proxy</html>');
      return;
    }
    this.#answer(request, response, typeof fault === 'number' ? failure(fault, ...(WORDS[fault] ?? ['error', 'an error'])) : undefined);
  }

  #fault(url: string): Fault | undefined {
    const at = this.#faults.findIndex(({ path }) => path.test(url));
    const found = this.#faults[at];
    if (found && --found.times <= 0) this.#faults.splice(at, 1);
    return found?.fault;
  }

  #answer(request: ExchangeRequest, response: ServerResponse, fault: Answer | undefined): void {
    const operation = this.#checker.operation(request.method, request.url);
    const route = operation && ROUTES[`${operation.method} ${operation.path}`];
    const answer = fault ?? (operation && route ? route(this.world, operation, this.url) : failure(404, 'not_found', 'no such path'));
    const isText = typeof answer.body === 'string';
    const reset = this.rateReset ?? Math.floor(Date.now() / 1000) + 1;
    const headers: Record<string, string> = {
      'ratelimit-limit': '5000',
      'ratelimit-remaining': answer.status === 429 ? '0' : '4816',
      'ratelimit-reset': String(reset),
      ...(answer.status === 429 && this.rateReset === undefined ? { 'retry-after': String(this.retryAfter) } : {}),
      ...(answer.body === undefined ? {} : { 'content-type': isText ? 'application/yaml' : 'application/json' }),
    };
    const body = answer.body === undefined ? '' : isText ? String(answer.body) : JSON.stringify(answer.body);
    if (operation) this.problems.push(...this.#checker.answer(operation, { status: answer.status, headers, body }));
    this.seen.push({ ...request, status: answer.status });
    response.writeHead(answer.status, headers).end(body);
  }
}
