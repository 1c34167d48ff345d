import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ExchangeRequest, OpenApiChecker } from '../openapi.ts';
import type { Answer } from './answer.ts';
import { description, example } from './description.ts';
import { PlayedIssues } from './issues.ts';
import { PlayedPullRequests } from './pull-requests.ts';

/**
 * GitHub's REST API as far as the product calls it. Each request and each answer is held to GitHub's published description; what does not
 * keep to it is in `violations`.
 */
export class GitHubStandIn {
  readonly calls: ExchangeRequest[] = [];
  readonly violations: string[] = [];
  /** What the next calls are answered with, before the usual answers. */
  readonly next: Answer[] = [];
  /** `<base>...<head>` → status; others are unknown commits. */
  readonly comparisons = new Map<string, 'ahead' | 'behind' | 'diverged' | 'identical'>();
  /** Pull requests, comments and deployments. */
  readonly played = new PlayedPullRequests();
  readonly issues = new PlayedIssues(this.played);
  readonly #api = new OpenApiChecker(description());
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        this.violations.push(`the stand-in itself failed: ${error}`);
        response.destroy();
      });
    });
  }

  static async start(): Promise<GitHubStandIn> {
    const standIn = new GitHubStandIn();
    await new Promise<void>((resolve) => standIn.#server.listen(0, '127.0.0.1', resolve));
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Bodies of the statuses that were sent, in order. */
  get statuses(): { sha: string; body: Record<string, unknown> }[] {
    return this.calls
      .filter(({ method, url }) => method === 'POST' && /\/statuses\/[^/]+$/.test(url))
      .map(({ url, body }) => ({ sha: url.split('/').at(-1) ?? '', body: JSON.parse(body) as Record<string, unknown> }));
  }

  reset(): void {
    for (const list of [this.calls, this.violations, this.next]) list.length = 0;
    this.comparisons.clear();
    this.played.reset();
    this.issues.all.length = 0;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += chunk;
    const call: ExchangeRequest = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
    this.calls.push(call);
    const wrong = [...this.#api.request(asDescribed(call)), ...this.#headerProblems(call)];
    this.violations.push(...wrong.map((problem) => `request ${call.method} ${call.url}: ${problem}`));
    this.#answer(call, this.next.shift() ?? this.played.answer(call) ?? this.issues.answer(call) ?? this.#usual(call), response);
  }

  /** What GitHub asks of every call, in its documentation's words rather than in the description. */
  #headerProblems({ headers }: ExchangeRequest): string[] {
    const wanted = {
      accept: /^application\/vnd\.github\+json$/,
      authorization: /^Bearer \S+$/,
      'user-agent': /\S/,
      'x-github-api-version': /^\d{4}-\d{2}-\d{2}$/,
    };
    return Object.entries(wanted).flatMap(([name, pattern]) =>
      pattern.test(String(headers[name] ?? '')) ? [] : [`header ${name}: ${headers[name]}`],
    );
  }

  #usual({ method, url, body }: ExchangeRequest): Answer {
    const parts = new URL(url, 'http://api').pathname.split('/').map(decodeURIComponent);
    if (method === 'POST') {
      const { state, context, description: text, target_url = null } = JSON.parse(body) as Record<string, unknown>;
      return { status: 201, body: { ...example('status'), state, context, description: text ?? null, target_url } };
    }
    const status = this.comparisons.get(parts.at(-1) ?? '');
    if (status === undefined)
      return { status: 404, body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' } };
    return { status: 200, body: { ...example('commit-comparison'), status } };
  }

  #answer(call: ExchangeRequest, { status, headers = {}, body = '', cut }: Answer, response: ServerResponse): void {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const contentType = headers['content-type'] ?? 'application/json; charset=utf-8';
    if (cut) {
      response.writeHead(status, { 'content-type': contentType, 'content-length': '1000' });
      response.write(text.slice(0, 10), () => response.destroy());
      return;
    }
    const all = { 'content-type': contentType, ...(status === 201 ? { location: call.url } : {}), ...headers };
    const operation = this.#api.operation(call.method, call.url);
    if (typeof body !== 'string' && operation !== undefined) {
      const wrong = this.#api.answer(operation, { status, headers: all, body: text });
      this.violations.push(...wrong.map((problem) => `answer to ${call.method} ${call.url}: ${problem}`));
    }
    response.writeHead(status, all).end(text);
  }
}

/** GitHub's documentation asks for its own media type, the description names `application/json` as what it gets: a named exception. */
function asDescribed(call: ExchangeRequest): ExchangeRequest {
  return { ...call, headers: { ...call.headers, accept: String(call.headers.accept).replace('vnd.github+json', 'json') } };
}
