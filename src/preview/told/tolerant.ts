import { HttpError } from '../../interfaces/errors.ts';
import type { Log } from '../../interfaces/log.ts';

interface Tools {
  log: Log;
  signal: AbortSignal;
}

/**
 * Asks GitHub for what hinders nothing where it is refused: undefined then, and `what` is said with the reason. Errors: those that are not
 * GitHub's, and that of a run that is cancelled.
 */
export async function tolerant<T>(
  { log, signal }: Tools,
  what: string,
  call: () => Promise<T>,
  say: 'warning' | 'info' = 'warning',
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HttpError)) throw error;
    log[say](`${what}: ${error.message}.${error.hint ? ` ${error.hint}` : ''}`);
    return undefined;
  }
}
