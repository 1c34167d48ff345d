import { CancelledError } from '../interfaces/errors.ts';
import { codeOf } from '../interfaces/values.ts';

/** Node's and undici's own codes for work that a signal ended, where they do not pass the signal's reason on. */
const CODES: readonly string[] = ['ABORT_ERR', 'UND_ERR_ABORTED'];

/** Whether an error says no more than that the signal was aborted. */
export function isAbort(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  return error === signal.reason || error instanceof CancelledError || CODES.includes(codeOf(error));
}
