import { setTimeout as delay } from 'node:timers/promises';
import { HttpError } from '../interfaces/errors.ts';

/** How far a call may be repeated: `safe` after any passing failure, `unsent` only where the server cannot have acted on it. */
export type Repeat = 'safe' | 'unsent';

/** For how long a call is repeated. */
export interface Patience {
  attempts: number;
  /** No new attempt after this time. */
  budgetMs: number;
}

export interface RetryOptions {
  signal?: AbortSignal | undefined;
  /** By what failed last. */
  patience?: ((error: HttpError) => Patience) | undefined;
  /** Before each further attempt. */
  onRetry?: ((error: HttpError) => void) | undefined;
}

const FIRST_MS = 200;
const LONGEST_MS = 5000;
const PATIENCE: Patience = { attempts: 6, budgetMs: 60_000 };

/** Waits before attempt n+1 in ms: doubled each time, half of it random, so that many clients do not come back together. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return full / 2 + (random() * full) / 2;
}

export function isPassing(error: unknown, repeat: Repeat): error is HttpError {
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

/** How long to wait after this failure, the n-th, ms. */
export const waitAfter = (error: unknown, attempt: number): number =>
  Math.max(error instanceof RetryAfterError ? error.retryAfterMs : 0, backoff(attempt));

/** Waits; an aborted signal's own reason is thrown. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    throw signal?.aborted ? signal.reason : error;
  });
}

/** Repeats what failed for a passing reason. A server that wants to be left alone for longer than all attempts may take is not asked again. */
export async function withRetries<T>(
  repeat: Repeat,
  call: () => Promise<T>,
  { signal, patience = () => PATIENCE, onRetry }: RetryOptions = {},
): Promise<T> {
  const started = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (!isPassing(error, repeat)) throw error;
      const { attempts, budgetMs } = patience(error);
      if (attempt >= attempts || performance.now() - started > budgetMs) throw error;
      const wait = waitAfter(error, attempt);
      if (wait > budgetMs) throw error;
      onRetry?.(error);
      await pause(wait, signal);
    }
  }
}
