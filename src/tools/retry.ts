import { setTimeout as delay } from 'node:timers/promises';
import { HttpError } from '../interfaces/errors.ts';

/** How far a call may be repeated: `safe` after any passing failure, `unsent` only where the server cannot have acted on it. */
export type Repeat = 'safe' | 'unsent';

const ATTEMPTS = 6;
const FIRST_MS = 200;
const LONGEST_MS = 5000;
/** No new attempt after this time. */
const BUDGET_MS = 60_000;

/** Waits before attempt n+1 in ms: doubled each time, half of it random, so that many clients do not come back together. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return full / 2 + (random() * full) / 2;
}

export function isPassing(error: unknown, repeat: Repeat): boolean {
  if (!(error instanceof HttpError)) return false;
  if (error.status === 429) return true;
  if (error.status === 0)
    return (
      error.code === 'Refused' || (repeat === 'safe' && ['Reset', 'Timeout', 'Unreachable', 'Dns', 'Network'].includes(error.code ?? ''))
    );
  return repeat === 'safe' && [500, 502, 503, 504].includes(error.status);
}

/** Server's wish in ms, read from Retry-After by the transport. */
export class RetryAfterError extends HttpError {
  readonly retryAfterMs: number;
  constructor(message: string, details: ConstructorParameters<typeof HttpError>[1] & { retryAfterMs: number }) {
    super(message, details);
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** Waits; an aborted signal's own reason is thrown. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    throw signal?.aborted ? signal.reason : error;
  });
}

/** Repeats what failed for a passing reason. A server that wants to be left alone for longer than all attempts may take is not asked again. */
export async function withRetries<T>(repeat: Repeat, call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const started = Date.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (attempt >= ATTEMPTS || Date.now() - started > BUDGET_MS || !isPassing(error, repeat)) throw error;
      const wish = error instanceof RetryAfterError ? error.retryAfterMs : 0;
      if (wish > BUDGET_MS) throw error;
      await pause(Math.max(wish, backoff(attempt)), signal);
    }
  }
}
