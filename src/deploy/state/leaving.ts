import { JournalError } from './journal.ts';
import type { Journal } from './model.ts';
import type { PlainApp } from './plain.ts';

/** Transitions of the way back to plain Helm; its phases are those of a deploy. */

/** The plain pods are ready and passed their checks, and it is known by which selectors they are reached. */
export function plainPassed(journal: Journal, toPlain: PlainApp): Journal {
  const now = journal.inFlight;
  if (now?.phase !== 'smoke' || !now.toPlain) throw new JournalError(`Plain pods are proved by their checks, not in ${now?.phase}`);
  return { ...journal, inFlight: { ...now, proved: true, toPlain } };
}

/** The plain pods serve for good: no color does any more. What is left of the product is still there. */
export function plainServes(journal: Journal): Journal {
  const { active: _, ...rest } = journal;
  const now = journal.inFlight;
  if (now?.phase !== 'bake' || !now.toPlain) throw new JournalError(`Plain pods serve after their bake, not in ${now?.phase}`);
  return { ...rest, inFlight: { ...now, phase: 'finish' } };
}

/** The app is plain Helm's. */
export function gone(journal: Journal): Journal {
  if (journal.inFlight?.phase !== 'finish' || !journal.inFlight.toPlain) throw new JournalError('The app has not been left');
  return { schema: journal.schema, release: journal.release, history: [] };
}
