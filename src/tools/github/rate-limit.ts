import type { ApiResponse } from './call.ts';

/** Waited where GitHub says "too fast" and not for how long: what its documentation asks for. */
const SECONDARY_MS = 60_000;

/** Whether this refusal is about the number of requests, not about rights: GitHub uses 403 for both. */
export function isRateLimit({ status, headers, data }: ApiResponse): boolean {
  if (status === 429) return true;
  return status === 403 && (isUsedUp(headers) || headers['retry-after'] !== undefined || /rate limit/i.test(messageIn(data)));
}

/** The limits that Octokit's throttling plugin knows, and waits for as GitHub asks. */
export function isPluginsLimit(response: ApiResponse): boolean {
  return isRateLimit(response) && (isUsedUp(response.headers) || /\bsecondary rate\b/i.test(messageIn(response.data)));
}

/** Milliseconds that GitHub asks to wait where the plugin does not read it: any other 403 and 429, a service that is down. */
export function waitAsked(response: ApiResponse): number | undefined {
  const after = retryAfter(response.headers['retry-after']);
  if (after !== undefined && (isRateLimit(response) || response.status >= 500)) return after;
  return isRateLimit(response) ? SECONDARY_MS : undefined;
}

const isUsedUp = (headers: ApiResponse['headers']): boolean => headers['x-ratelimit-remaining'] === '0';

const messageIn = (data: unknown): string =>
  typeof data === 'object' && data !== null && 'message' in data ? String(data.message) : String(data ?? '');

/** Seconds, or a date. */
function retryAfter(header: string | number | undefined): number | undefined {
  if (header === undefined) return undefined;
  const text = String(header).trim();
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
