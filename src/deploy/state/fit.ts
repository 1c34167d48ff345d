import type { Deployed, Journal } from './model.ts';

/** Kubernetes' limit for the data of one Secret, in bytes. */
export const SECRET_LIMIT = 1024 * 1024;
/** Entries that stay whole: what serves, and what users are most likely taken back to. */
const WHOLE = 4;

export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/**
 * Pure: the journal, short enough for its Secret: first the oldest entries lose what only lists show (images, names of Services), then they
 * go. The newest stay as they are, and so does what is in flight.
 */
export function fitted(journal: Journal, limit = SECRET_LIMIT): Journal {
  let { history } = journal;
  const tooLong = () => bytesOf({ ...journal, history }) > limit;
  for (let at = history.length - 1; at >= WHOLE && tooLong(); at--)
    history = history.map((entry, index) => (index === at ? listless(entry) : entry));
  while (history.length > WHOLE && tooLong()) history = history.slice(0, -1);
  return history === journal.history ? journal : { ...journal, history };
}

const listless = (entry: Deployed): Deployed => ({ ...entry, images: [], services: [] });
