import { reasonOf } from '../interfaces/errors.ts';
import { REASONS } from '../interfaces/reasons.ts';

/** What the command ends with; the table stands in the help. */
export function exitCodeOf(error: unknown, outputs: Readonly<Record<string, string>> = {}): number {
  if (error === undefined) return 0;
  // The rollback failed: that matters more than what came after it.
  const reason = outputs['failure-reason'] === 'rollback-failed' ? 'rollback-failed' : reasonOf(error);
  return REASONS[reason].exitCode ?? 1;
}
