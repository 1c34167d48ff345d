import { CancelledError, DeployError } from '../../interfaces/errors.ts';

/** Turns whatever a step threw after an abort into the abort's own reason. */
export function abortReason(signal: AbortSignal, error: unknown): unknown {
  if (!signal.aborted) return error;
  return signal.reason instanceof DeployError ? signal.reason : new CancelledError('The run was cancelled', { cause: error });
}
