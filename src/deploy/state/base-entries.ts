import { inFlightOf, JournalError } from './journal.ts';
import type { Deployed, Journal } from './model.ts';

/** Transitions that say which base a version has. */

/** The deferred part of the base has been applied. */
export function contracted(journal: Journal, base: { baseHash: string; baseRevision: number }): Journal {
  const [newest, ...older] = journal.history;
  if (!newest || journal.inFlight?.phase !== 'finish') throw new JournalError('The base is contracted when the new version serves');
  return { ...journal, history: [{ ...newest, ...base }, ...older] };
}

/** The base is as it was before the deploy that is taken back, as another revision; or not (an empty hash), so that the next deploy applies it. */
export function baseTakenBack(journal: Journal, base: Partial<Pick<Deployed, 'baseHash' | 'baseRevision'>>): Journal {
  const [newest, ...older] = journal.history;
  if (!newest) return journal;
  const { baseRevision = newest.baseRevision } = base;
  // Versions with the same base: Helm forgets its oldest revisions.
  const moved = older.map((entry) => (entry.baseRevision === newest.baseRevision ? { ...entry, baseRevision } : entry));
  return { ...journal, history: [{ ...newest, ...base }, ...moved] };
}

/** The base is no longer what the version that serves was deployed with: the next deploy applies it, also where it is the same one. */
export const baseDiffers = (journal: Journal): Journal => baseTakenBack(journal, { baseHash: '' });

/** Helm no longer has what it recorded of the base, and counts its revisions from one again: no number of the history's leads to its own. */
export const basesLost = (journal: Journal): Journal => ({
  ...journal,
  history: journal.history.map((entry) => ({ ...entry, baseHash: '', baseRevision: 0, ownBase: undefined })),
  ...(journal.inFlight && { inFlight: { ...journal.inFlight, baseBefore: undefined } }),
});

/** With the switch the base has changed: this revision is what the version is deployed with. */
export function baseMoved(journal: Journal, baseRevision: number): Journal {
  const now = inFlightOf(journal);
  return now.deployed ? { ...journal, inFlight: { ...now, deployed: { ...now.deployed, baseRevision } } } : journal;
}
