import { getOctokit } from '@actions/github';
import { type RetryPlugin, retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { HttpError } from '../../interfaces/errors.ts';
import { backoff, isPassing } from '../retry.ts';
import type { Call, GitHubOptions } from './call.ts';
import { statusError, transportError } from './errors.ts';
import { fetchOver } from './fetch.ts';
import { isPluginsLimit, waitAsked } from './rate-limit.ts';
import type { Tries } from './tries.ts';

export type GitHub = ReturnType<typeof getOctokit>;
type Core = Parameters<typeof retry>[0];
type CoreOptions = Parameters<typeof retry>[1];
type Failed = Parameters<RetryPlugin['retry']['retryRequest']>[0];

/** Its own ideas of what to repeat are switched off: they leave Retry-After and any limit of time out. */
const EVERY_STATUS = Array.from({ length: 200 }, (_, at) => 400 + at);
const REPEATS = 100;

/** GitHub's own client for one call, so that its patience and its cancellation reach each page of a list. Heavy: imported where it is used. */
export function octokitFor(options: GitHubOptions & { id: string }, call: Call, tries: Tries): GitHub {
  const { http, token, log, apiUrl, id, secondMs = 1000 } = options;
  const onLimit = (seconds: number): boolean => tries.mayWait(seconds * 1000, true);
  return getOctokit(
    token,
    {
      baseUrl: apiUrl.replace(/\/+$/, ''),
      userAgent: 'todo-deploy',
      request: { fetch: fetchOver(http, token, call) },
      log: { debug() {}, info() {}, warn: (text: string) => log.debug(text), error: (text: string) => log.debug(text) },
      retry: { doNotRetry: EVERY_STATUS, retryAfterBaseValue: secondMs / 1000 },
      throttle: { id, retryAfterBaseValue: secondMs, onRateLimit: onLimit, onSecondaryRateLimit: onLimit },
    },
    (octokit: Core, more: CoreOptions) => patientRetry(octokit, more, call, tries),
    throttling,
  );
}

/** The retry plugin, told which failures to repeat, and when; what the throttling plugin waits for is left to it. */
function patientRetry(octokit: Core, options: CoreOptions, call: Call, tries: Tries): RetryPlugin {
  // Hooked before the plugin: it sees each failure first.
  octokit.hook.error('request', (error) => {
    if (!isRequestError(error) || call.signal?.aborted) throw error;
    const { response } = error;
    const failure = meaningOf(error, call);
    tries.failed(failure);
    if (response !== undefined && isPluginsLimit(response)) throw error;
    const asked = response && waitAsked(response);
    if (asked === undefined && !isPassing(failure, call.once ? 'unsent' : 'safe')) throw error;
    const wait = Math.max(asked ?? 0, backoff(tries.made));
    if (!tries.mayWait(wait, asked !== undefined)) throw error;
    throw plugin.retry.retryRequest(error, REPEATS, wait);
  });
  const plugin = retry(octokit, options);
  return plugin;
}

export const isRequestError = (error: unknown): error is Failed => error instanceof Error && 'request' in error;

function meaningOf(error: Failed, call: Call): HttpError {
  const { response, message, status } = error;
  if (response !== undefined) return statusError(call, response);
  const cause: unknown = error.cause;
  if (!(cause instanceof HttpError)) return new HttpError(`GitHub, ${call.what}: ${message}`, { status, cause });
  return cause.status === 0 ? transportError(call, cause) : cause;
}
