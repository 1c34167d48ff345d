import type { Color } from '../../split/model.ts';
import { emptyJournal } from './journal.ts';
import type { Deployed, Journal } from './model.ts';

/** A revision of a color's or the base's Helm release that worked. */
export interface Revision {
  revision: number;
  /** When it was made (ISO time). */
  at: string;
  /** What Helm says of it. */
  description: string;
}

export interface ColorRevision extends Revision {
  color: Color;
  /** It is marked as one that did not pass. */
  failed: boolean;
}

/** As many versions are read again: each is a record of Helm's to be decoded. */
const LIMIT = 10;

/**
 * Pure: the revisions that served, the newest first, where `active` serves now. A deploy goes to the idle color until a version of it serves:
 * the last one of a color before the other color's turn is one that served. What is left out may have served (a color that was kept warm and
 * switched to again), what is in did. A person may have led users to one that did not pass: that is no version to go back to.
 */
export function servedRevisions(revisions: readonly ColorRevision[], active: Color): ColorRevision[] {
  const newestFirst = revisions.toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at));
  const turns = newestFirst.filter((one, index) => one.color !== newestFirst[index - 1]?.color);
  // The newest turn is that of the color that serves, or of one that failed.
  const served = turns[0]?.color === active ? turns : turns.slice(1);
  return served.filter(({ failed }) => !failed).slice(0, LIMIT);
}

/** What a color's recorded part says of its version. */
export type VersionRecord = Pick<Deployed, 'version' | 'partHash' | 'images' | 'services' | 'replicas' | 'inPlace'>;

/** Pure: what the history can hold of it. Who deployed it, its checks and its URL are not known any more; its base counts as changed. */
export function rebuiltEntry(record: VersionRecord, { color, revision, at }: ColorRevision, bases: readonly Revision[]): Deployed {
  const own = bases.filter(({ description }) => description.includes(`base of ${record.version},`));
  const before = bases.filter((base) => Date.parse(base.at) <= Date.parse(at));
  const baseRevision = (own.at(-1) ?? before.at(-1))?.revision ?? 0;
  return { ...record, color, at, actor: '', runUrl: '', baseHash: '', baseRevision, colorRevision: revision, smoke: [] };
}

/** Pure: the journal of an app whose own is gone. */
export const rebuiltJournal = (release: string, active: Color, history: Deployed[]): Journal => ({
  ...emptyJournal(release),
  active,
  history,
});
