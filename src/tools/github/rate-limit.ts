import type { HttpResponse } from '../../interfaces/http.ts';

/** Waited where GitHub says "too fast" and not for how long: what its documentation asks for. */
const SECONDARY_MS = 60_000;
const MARGIN_MS = 1000;

/** Whether this refusal is about the number of requests, not about rights: GitHub uses 403 for both. */
export function isRateLimit({ status, headers, body }: HttpResponse): boolean {
  if (status === 429) return true;
  return status === 403 && (headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined || /rate limit/i.test(body));
}

/** Milliseconds that GitHub asks to wait, by Retry-After or the reset of the limit; undefined where it asks for nothing. */
export function waitAsked(answer: HttpResponse, now: number): number | undefined {
  const after = retryAfter(answer.headers['retry-after'], now);
  if (after !== undefined && (isRateLimit(answer) || answer.status >= 500)) return after;
  if (!isRateLimit(answer)) return undefined;
  const reset = Number(answer.headers['x-ratelimit-reset'] ?? Number.NaN);
  if (answer.headers['x-ratelimit-remaining'] === '0' && Number.isFinite(reset)) return Math.max(0, reset * 1000 - now) + MARGIN_MS;
  return SECONDARY_MS;
}

/** Seconds, or a date. */
function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
