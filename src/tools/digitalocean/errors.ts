import { HttpError } from '../../interfaces/errors.ts';
import type { HttpResponse } from '../../interfaces/http.ts';
import { tryJsonObject } from '../../interfaces/reading/json.ts';
import { RetryAfterError } from '../retry.ts';
import { CALLS, type Call } from './calls.ts';

const TOKENS = 'https://cloud.digitalocean.com/account/api/tokens';

/**
 * One line from DigitalOcean's `{id, message, request_id}`: what was asked, the answer, its request id for a support ticket. `code` is the
 * API's `id`. With 429 the time until the limit opens again.
 */
export function digitalOceanError(what: string, call: Call, response: HttpResponse, now: number): HttpError {
  const reported = parse(response.body);
  const requestId = reported?.request_id ?? response.headers['x-request-id'];
  const words = reported?.message ? ` (${reported.message.slice(0, 300)})` : reported ? '' : ', not as JSON';
  const message = `DigitalOcean answered ${response.status} when asked for ${what}${words}${requestId ? `, request ${requestId}` : ''}`;
  const details = { status: response.status, code: reported?.id, hint: hintFor(response.status, call) };
  const wait = response.status === 429 ? resetMs(response.headers, now) : undefined;
  if (wait === undefined) return new HttpError(message, details);
  const opens = new Date(now + wait).toISOString().slice(11, 19);
  return new RetryAfterError(`${message}: the rate limit opens again at ${opens} UTC`, { ...details, retryAfterMs: wait });
}

function parse(body: string): { id?: string; message?: string; request_id?: string } | undefined {
  return tryJsonObject<{ id: string; message: string; request_id: string }>(body);
}

/** Milliseconds until DigitalOcean takes requests again: `retry-after` (seconds), else `ratelimit-reset` (Unix time). */
export function resetMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const after = Number(headers['retry-after'] ?? Number.NaN);
  if (Number.isFinite(after)) return Math.max(0, after * 1000);
  const reset = Number(headers['ratelimit-reset'] ?? Number.NaN);
  return Number.isFinite(reset) ? Math.max(0, reset * 1000 - now) : undefined;
}

function hintFor(status: number, call: Call): string | undefined {
  if (status === 401) return `the token (input "digitalocean-token") is wrong, expired or revoked: make one at ${TOKENS}`;
  if (status === 403) {
    const scopes = CALLS[call].scopes;
    return `the token needs the scope${scopes.length === 1 ? '' : 's'} ${scopes.join(' and ')}: make one that has ${scopes.length === 1 ? 'it' : 'them'} at ${TOKENS}`;
  }
  if (status === 404) return 'is it in the team that the token belongs to?';
  if (status === 409) return 'something else changes it right now: run the job again when that is over';
  if (status === 429) return 'the limit is shared by everything that uses this account’s tokens: run the job again later';
  if (status >= 500) return 'see https://status.digitalocean.com and run the job again';
  return undefined;
}
