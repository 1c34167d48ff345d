import type { Http } from '../../interfaces/http.ts';
import type { Log } from '../../interfaces/log.ts';

export interface GitHubOptions {
  http: Http;
  log: Log;
  /** `https://api.github.com`, or that of GitHub Enterprise (GITHUB_API_URL). */
  apiUrl: string;
  token: string;
  /** How long one call may wait for a rate limit or for GitHub to come back, ms (default 60 s). */
  patienceMs?: number;
  /** What a second of waiting takes, ms (default 1000). */
  secondMs?: number;
}

/** One call of the product's, for messages and for cancelling. */
export interface Call {
  /** `comparing a and b in acme/todo`. */
  what: string;
  /** The token's permission that the call needs, e.g. `statuses: write`. */
  needs: string;
  signal?: AbortSignal | undefined;
  /** Not repeated where it may have arrived. */
  once?: boolean;
}

/** GitHub's answer, as far as errors and limits are read from it. */
export interface ApiResponse {
  status: number;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | number | undefined>>;
  /** Parsed where it is JSON. */
  data: unknown;
}
