import type { Clock } from '../../interfaces/clock.ts';
import { ConfigurationError, HttpError } from '../../interfaces/errors.ts';
import type { Http, HttpRequest, HttpResponse } from '../../interfaces/http.ts';
import type { Log } from '../../interfaces/log.ts';
import { backoff, isPassing } from '../retry.ts';
import { statusError } from './errors.ts';
import { waitAsked } from './rate-limit.ts';

/** How `head` relates to `base`; `diverged` where neither is the other's ancestor. */
export type Comparison = 'identical' | 'ahead' | 'behind' | 'diverged';

export interface CommitStatus {
  state: 'error' | 'failure' | 'pending' | 'success';
  /** Tells statuses of one commit apart; a later one of the same context replaces it. */
  context: string;
  /** One line, shortened to GitHub's 140 characters. */
  description: string;
  targetUrl?: string;
}

export interface GitHubOptions {
  http: Http;
  clock: Clock;
  log: Log;
  /** `https://api.github.com`, or that of GitHub Enterprise (GITHUB_API_URL). */
  apiUrl: string;
  token: string;
  /** How long one call may wait for a rate limit or for GitHub to come back, ms (default 60 s). */
  patienceMs?: number;
}

interface Call {
  method: 'GET' | 'POST';
  path: string;
  body?: unknown;
  /** For messages: `compare a…b`. */
  what: string;
  /** The token's permission that the call needs, e.g. `statuses: write`. */
  needs: string;
  signal?: AbortSignal | undefined;
}

const REQUEST_MS = 20_000;
const ATTEMPTS = 5;
const REDIRECTS = 3;
/** A comparison lists up to 300 changed files with their patches. */
const MAX_BYTES = 16 * 1024 * 1024;
const API_VERSION = '2022-11-28';
const COMPARISONS: readonly unknown[] = ['identical', 'ahead', 'behind', 'diverged'] satisfies Comparison[];
const segment = (text: string): string => encodeURIComponent(text);

/** The few calls of GitHub's REST API that the product makes. Errors are `HttpError`s of one line, with what to do as hint. */
export class GitHubClient {
  readonly #options: GitHubOptions;

  constructor(options: GitHubOptions) {
    this.#options = options;
  }

  /** Compares two commits of `repository` (`owner/name`); undefined where GitHub knows one of them not (any more). */
  async compare(repository: string, base: string, head: string, signal?: AbortSignal): Promise<Comparison | undefined> {
    const range = `${segment(base)}...${segment(head)}`;
    try {
      const { status } = await this.#json<{ status?: unknown }>({
        method: 'GET',
        path: `${repositoryPath(repository)}/compare/${range}?per_page=1`,
        what: `comparing ${base} and ${head} in ${repository}`,
        needs: 'contents: read',
        signal,
      });
      if (COMPARISONS.includes(status)) return status as Comparison;
      throw new HttpError(`GitHub, comparing ${base} and ${head}: the answer holds no status that is known (${String(status)})`, {
        status: 200,
      });
    } catch (error) {
      if (error instanceof HttpError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Sets a commit's status. */
  async setStatus(repository: string, sha: string, status: CommitStatus, signal?: AbortSignal): Promise<void> {
    const { state, context, description, targetUrl } = status;
    await this.#json({
      method: 'POST',
      path: `${repositoryPath(repository)}/statuses/${segment(sha)}`,
      body: { state, context, description: firstLine(description), ...(targetUrl ? { target_url: targetUrl } : {}) },
      what: `setting the status of ${sha} in ${repository}`,
      needs: 'statuses: write',
      signal,
    });
  }

  /** Each call may be repeated: reads change nothing, and a second status of the same context replaces the first. */
  async #json<T>(call: Call): Promise<T> {
    const { clock, log, patienceMs = 60_000 } = this.#options;
    const deadline = clock.now() + patienceMs;
    for (let attempt = 1; ; attempt += 1) {
      call.signal?.throwIfAborted();
      const [error, answer] = await this.#attempt(call);
      if (error === undefined) return parse<T>(answer, call);
      const asked = answer && waitAsked(answer, clock.now());
      if (asked === undefined && !isPassing(error, 'safe')) throw error;
      const wait = Math.max(asked ?? 0, backoff(attempt));
      if (attempt >= ATTEMPTS || clock.now() + wait > deadline) throw asked === undefined ? error : tooLong(error, asked, clock.now());
      log.info(`${error.message}: trying again in ${Math.ceil(wait / 1000)} s`);
      await clock.sleep(wait, call.signal);
    }
  }

  async #attempt(call: Call): Promise<[HttpError, HttpResponse?] | [undefined, HttpResponse]> {
    try {
      const answer = await this.#send(call);
      return answer.status >= 200 && answer.status < 300 ? [undefined, answer] : [statusError(call, answer), answer];
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      // The transport's message names the address; what was asked matters more.
      return [
        new HttpError(`GitHub, ${call.what}: ${error.message.replace(/^\S+ \S+: /, '')}`, {
          status: error.status,
          code: error.code,
          cause: error,
        }),
      ];
    }
  }

  /** A renamed repository answers with its new address; the token goes to GitHub's own host only. */
  async #send(call: Call): Promise<HttpResponse> {
    const base = this.#options.apiUrl.replace(/\/+$/, '');
    let url = `${base}${call.path}`;
    for (let redirects = 0; ; redirects += 1) {
      const answer = await this.#options.http.request(this.#request(call, url));
      const target = [301, 302, 307, 308].includes(answer.status) ? URL.parse(answer.headers.location ?? '', url) : null;
      if (target === null || target.origin !== new URL(base).origin || redirects >= REDIRECTS) return answer;
      url = target.href;
    }
  }

  #request({ method, body, signal }: Call, url: string): HttpRequest {
    return {
      method,
      url,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${this.#options.token}`,
        'x-github-api-version': API_VERSION,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs: REQUEST_MS,
      maxBytes: MAX_BYTES,
      ...(signal === undefined ? {} : { signal }),
    };
  }
}

function repositoryPath(repository: string): string {
  const [owner = '', name = '', more] = repository.split('/');
  if (owner === '' || name === '' || more !== undefined) throw new ConfigurationError(`"${repository}" is not a repository (owner/name)`);
  return `/repos/${segment(owner)}/${segment(name)}`;
}

function parse<T>(answer: HttpResponse, { what }: Call): T {
  try {
    return JSON.parse(answer.body) as T;
  } catch (cause) {
    throw new HttpError(`GitHub, ${what}: the answer is not JSON (${firstLine(answer.body).slice(0, 80)})`, {
      status: answer.status,
      hint: 'Is GITHUB_API_URL the address of the API, and is there a proxy in between?',
      cause,
    });
  }
}

function tooLong(error: HttpError, waitMs: number, now: number): HttpError {
  const until = new Date(now + waitMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return new HttpError(`${error.message}; it asks to wait until ${until}, which is too long for this run`, {
    status: error.status,
    code: error.code,
    hint: error.hint,
    cause: error,
  });
}

const firstLine = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 140 ? line : `${line.slice(0, 139)}…`;
};
