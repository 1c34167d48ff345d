import { randomUUID } from 'node:crypto';
import { addAbortListener } from 'node:events';
import { ConfigurationError, HttpError } from '../../interfaces/errors.ts';
import type { Call, GitHubOptions } from './call.ts';
import { oneLine } from './errors.ts';
import type { GitHub } from './octokit.ts';
import { Tries } from './tries.ts';

/** How `head` relates to `base`; `diverged` where neither is the other's ancestor. */
export type Comparison = 'identical' | 'ahead' | 'behind' | 'diverged';

export interface CommitStatus {
  state: 'error' | 'failure' | 'pending' | 'success';
  /** Distinguishes statuses of one commit; a later one of the same context replaces it. */
  context: string;
  /** One line, shortened to GitHub's 140 characters. */
  description: string;
  targetUrl?: string;
}

/**
 * The calls of GitHub's REST API that the product makes: Octokit's, in the product's words. Errors are `HttpError`s of one line, with what to do
 * as hint. Each call may be repeated: reads change nothing, and a second status of the same context replaces the first.
 */
export class GitHubClient {
  readonly #options: GitHubOptions & { id: string };

  constructor(options: GitHubOptions) {
    // Octokit keeps the pace of all clients of one id.
    this.#options = { ...options, id: randomUUID() };
  }

  /** Compares two commits of `repository` (`owner/name`); undefined where GitHub knows one of them not (any more). */
  async compare(repository: string, base: string, head: string, signal?: AbortSignal): Promise<Comparison | undefined> {
    const range = { ...ownerAndName(repository), basehead: `${base}...${head}`, per_page: 1 };
    const call = { what: `comparing ${base} and ${head} in ${repository}`, needs: 'contents: read', signal };
    try {
      return (await this.ask(call, ({ rest }) => rest.repos.compareCommitsWithBasehead(range))).data.status;
    } catch (error) {
      if (error instanceof HttpError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Sets a commit's status. */
  async setStatus(repository: string, sha: string, status: CommitStatus, signal?: AbortSignal): Promise<void> {
    const { targetUrl, description, ...rest } = status;
    const wanted = { ...rest, description: oneLine(description, 140), ...(targetUrl ? { target_url: targetUrl } : {}) };
    const call = { what: `setting the status of ${sha} in ${repository}`, needs: 'statuses: write', signal };
    await this.ask(call, (github) => github.rest.repos.createCommitStatus({ ...ownerAndName(repository), sha, ...wanted }));
  }

  /** One call of any other kind; `call.once` for what must not be sent twice. */
  async ask<T>(call: Call, body: (github: GitHub) => Promise<T>): Promise<T> {
    call.signal?.throwIfAborted();
    const { octokitFor, isRequestError } = await import('./octokit.ts');
    const tries = new Tries(this.#options.log, this.#options.patienceMs ?? 60_000);
    try {
      return await unlessAborted(body(octokitFor(this.#options, call, tries)), call.signal);
    } catch (error) {
      call.signal?.throwIfAborted();
      throw isRequestError(error) ? (tries.error ?? error) : error;
    }
  }
}

/** Octokit's plugins wait without looking at the signal. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  const aborted = Promise.withResolvers<never>();
  using _ = addAbortListener(signal, () => aborted.reject(signal.reason));
  return await Promise.race([work, aborted.promise]);
}

/** Errors: `ConfigurationError` where it is no `owner/name`. */
export function ownerAndName(repository: string): { owner: string; repo: string } {
  const [owner = '', repo = '', more] = repository.split('/');
  if (owner === '' || repo === '' || more !== undefined) throw new ConfigurationError(`"${repository}" is not a repository (owner/name)`);
  return { owner, repo };
}
