import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ClusterEnvironment } from '../../demo/environment.ts';

/** What a front answers instead of the registry behind it. The first that fits and is not used up. */
export interface FrontRule {
  method?: string;
  /** Regular expression over path and query. */
  path?: string;
  status?: number;
  headers?: Record<string, string>;
  /** Text, or JSON. */
  body?: unknown;
  /** Only requests of more bytes. */
  over?: number;
  /** How often; default for ever. */
  times?: number;
  /** How many pass first. */
  skip?: number;
  /** Cuts the connection. */
  drop?: boolean;
  /** Answers before the body is read, then cuts the connection. */
  early?: boolean;
  /** Called as it is applied; a rule without a status then lets the request pass. */
  before?: () => void | Promise<void>;
}

/** A server before the real registry that passes everything on, except where a rule speaks first. Plain http on this machine. */
export class Front {
  readonly requests: string[] = [];
  rules: FrontRule[] = [];
  readonly #upstream: URL;
  readonly #ca: Buffer;
  readonly #used = new Map<FrontRule, number>();
  readonly #server = createServer((incoming, answer) => void this.#serve(incoming, answer));
  host = '';
  /** With a login, the front gives tokens itself, one a request, and asks for them. */
  login: { username: string; password: string } | undefined;

  private constructor({ registry }: Pick<ClusterEnvironment, 'registry'>) {
    this.#upstream = new URL(`https://${registry.host}`);
    this.#ca = readFileSync(registry.caFile);
  }

  static async start(cluster: Pick<ClusterEnvironment, 'registry'>): Promise<Front> {
    const front = new Front(cluster);
    await new Promise<void>((resolve) => front.#server.listen(0, '127.0.0.1', resolve));
    front.host = `127.0.0.1:${(front.#server.address() as AddressInfo).port}`;
    return front;
  }

  /** Forgets what was asked, and speaks by other rules. */
  reset(rules: FrontRule[] = []): void {
    this.rules = rules;
    this.login = undefined;
    this.#used.clear();
    this.requests.length = 0;
  }

  /** What was asked, of that method and below that path. */
  asked(method: string, path: RegExp): string[] {
    return this.requests.filter((line) => line.startsWith(`${method} `) && path.test(line));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const rule = this.#ruleFor(incoming);
    if (this.login !== undefined && !this.#admits(incoming, answer, this.login)) return;
    const note = (what: unknown): void => void this.requests.push(`${incoming.method} ${incoming.url} ${what}`);
    await rule?.before?.();
    if (rule?.drop) {
      note('cut');
      incoming.socket.destroy();
    } else if (rule?.status !== undefined) {
      note(`${rule.status} by rule`);
      this.#speak(rule, incoming, answer);
    } else this.#passOn(incoming, answer, note);
  }

  /** A token is its scopes. */
  #admits(incoming: IncomingMessage, answer: ServerResponse, { username, password }: { username: string; password: string }): boolean {
    const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://front');
    if (pathname === '/token') {
      this.requests.push(`TOKEN ${searchParams.getAll('scope').join(' ')}`);
      answer.end(JSON.stringify({ token: Buffer.from(searchParams.getAll('scope').join(' ')).toString('base64url') }));
      return false;
    }
    const scopes = Buffer.from((incoming.headers.authorization ?? '').replace(/^Bearer /, ''), 'base64url').toString();
    const from = searchParams.get('from');
    const path = /^\/v2\/(.+?)\/(?:blobs|manifests|tags)\//.exec(pathname)?.[1] ?? '';
    const right = ['GET', 'HEAD'].includes(incoming.method ?? '') ? 'pull' : 'pull,push';
    if (scopes.includes(`repository:${path}:${right}`) && (from === null || scopes.includes(`repository:${from}:pull`))) {
      incoming.headers.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
      return true;
    }
    answer.writeHead(401, { 'www-authenticate': `Bearer realm="http://${this.host}/token",service="front"` }).end();
    return false;
  }

  #ruleFor({ method, url = '', headers }: IncomingMessage): FrontRule | undefined {
    return this.rules.find((rule) => {
      if ((rule.method ?? method) !== method || !new RegExp(rule.path ?? '').test(url)) return false;
      if (Number(headers['content-length'] ?? 0) < (rule.over ?? 0)) return false;
      const seen = (this.#used.get(rule) ?? 0) + 1;
      this.#used.set(rule, seen);
      const skip = rule.skip ?? 0;
      return seen > skip && seen <= skip + (rule.times ?? Number.POSITIVE_INFINITY);
    });
  }

  #speak({ status = 500, headers, body, early }: FrontRule, incoming: IncomingMessage, answer: ServerResponse): void {
    const speak = (): void => {
      answer.writeHead(status, { 'content-type': 'application/json', ...(early && { connection: 'close' }), ...headers });
      answer.end(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body));
      if (early) setTimeout(() => incoming.socket.destroy(), 20);
    };
    if (early) speak();
    else incoming.resume().on('end', speak);
  }

  #passOn(incoming: IncomingMessage, answer: ServerResponse, note: (what: unknown) => void): void {
    const { hostname, port, host } = this.#upstream;
    const onwards = request(
      { hostname, port, method: incoming.method, path: incoming.url, headers: { ...incoming.headers, host }, ca: this.#ca },
      (response) => {
        note(response.statusCode);
        const { location, ...headers } = response.headers;
        const here = location?.replace(/^https?:\/\/[^/]+/, `http://${this.host}`);
        answer.writeHead(response.statusCode ?? 502, { ...headers, ...(here !== undefined && { location: here }) });
        response.pipe(answer);
      },
    );
    onwards.on('error', (error) => {
      note(error.message);
      if (!answer.headersSent) answer.writeHead(502);
      answer.end();
    });
    incoming.on('close', () => {
      if (!incoming.complete) onwards.destroy();
    });
    incoming.pipe(onwards);
  }
}
