import type { ExchangeRequest } from '../openapi.ts';
import type { Answer } from './answer.ts';
import { example } from './description.ts';

interface PlayedIssue {
  number: number;
  login: string;
  title: string;
  body: string;
  state: 'open' | 'closed';
  isPullRequest?: boolean;
}

const PAGE = 30;

/** What GitHub keeps of a repository's issues: they change by the calls that the product makes, and by a test. */
export class PlayedIssues {
  readonly all: PlayedIssue[] = [];
  readonly #writer: { login: string };

  /** `writer`: under whom the product's token writes. */
  constructor(writer: { login: string }) {
    this.#writer = writer;
  }

  add(issue: Partial<PlayedIssue>): PlayedIssue {
    const added: PlayedIssue = { number: this.all.length + 1, login: 'ada', title: 'A title', body: '', state: 'open', ...issue };
    this.all.push(added);
    return added;
  }

  /** undefined for calls that are about something else. */
  answer({ method, url, body, headers }: ExchangeRequest): Answer | undefined {
    const { pathname, searchParams, origin } = new URL(url, `http://${headers.host}`);
    const sent = (): Partial<PlayedIssue> => JSON.parse(body) as Partial<PlayedIssue>;
    const [, number] = /\/issues\/(\d+)$/.exec(pathname) ?? [];
    if (method === 'PATCH' && number !== undefined) return this.#change(Number(number), sent());
    if (!pathname.endsWith('/issues')) return undefined;
    if (method === 'GET') return this.#list(searchParams, `${origin}${pathname}`);
    const { title = '', body: text = '' } = sent();
    return { status: 201, body: this.#shown(this.add({ login: this.#writer.login, title, body: text }), 'issue') };
  }

  #change(number: number, { title, body, state }: Partial<PlayedIssue>): Answer {
    const issue = this.all.find((one) => one.number === number);
    if (!issue) return { status: 404, body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' } };
    Object.assign(issue, JSON.parse(JSON.stringify({ title, body, state })));
    return { status: 200, body: this.#shown(issue, 'issue') };
  }

  #list(query: URLSearchParams, address: string): Answer {
    const [size, page] = [Number(query.get('per_page') ?? PAGE), Number(query.get('page') ?? 1)];
    const found = this.all.filter(({ state }) => state === (query.get('state') ?? 'open'));
    const link =
      found.length > page * size ? `<${address}?${query.toString().replace(/&?\bpage=\d+/, '')}&page=${page + 1}>; rel="next"` : '';
    return {
      status: 200,
      headers: { link },
      body: found.slice((page - 1) * size, page * size).map((one) => this.#shown(one, 'issue-items')),
    };
  }

  #shown({ number, login, title, body, state, isPullRequest }: PlayedIssue, of: 'issue' | 'issue-items'): object {
    // biome-ignore lint/suspicious/noExplicitAny: GitHub's objects are JSON
    const given = (of === 'issue' ? example('issue') : (example('issue-items') as any)[0]) as any;
    const { pull_request: pullRequest, ...rest } = given;
    const shown = { ...rest, number, title, body, state, user: { ...given.user, login } };
    return isPullRequest ? { ...shown, pull_request: pullRequest } : shown;
  }
}
