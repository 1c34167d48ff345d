import { StepFailure } from '../deploy/diagnosis/failure.ts';
import { CancelledError, ConfigurationError, LeaseLostError, RollbackFailedError } from '../interfaces/errors.ts';

const BY_REASON: Readonly<Record<string, number>> = { configuration: 2, 'rollback-failed': 3, locked: 4, 'lease-lost': 4, cancelled: 130 };

/** What the command ends with; the table stands in the help. */
export function exitCodeOf(error: unknown, outputs: Readonly<Record<string, string>> = {}): number {
  if (error === undefined) return 0;
  // Going back failed: that matters more than what it began with.
  const reason = error instanceof StepFailure ? error.reason : (outputs['failure-reason'] ?? '');
  if (error instanceof RollbackFailedError || reason === 'rollback-failed') return 3;
  if (error instanceof ConfigurationError) return 2;
  if (error instanceof CancelledError) return 130;
  if (error instanceof LeaseLostError) return 4;
  return BY_REASON[reason] ?? 1;
}
