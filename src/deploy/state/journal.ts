import { DeployError } from '../../interfaces/errors.ts';
import type { Color } from '../../split/model.ts';
import type { Deployed, InFlight, Journal, Restored } from './model.ts';
import { FIRST, mayFollow, type Phase } from './timeline.ts';

const HISTORY_LIMIT = 20;

/** A transition that the timeline of a deploy does not have: a bug in this product. */
export class JournalError extends DeployError {
  override name = 'JournalError';
  constructor(message: string) {
    super('internal', message);
  }
}

export const emptyJournal = (release: string): Journal => ({ schema: 1, release, history: [] });

/** Pure: the version that serves, as far as the journal knows. */
export const servingIn = ({ active, history }: Journal): Deployed | undefined => history.find(({ color }) => color === active);

/** Errors: `JournalError` where nothing is. */
export const inFlightOf = (journal: Journal): InFlight => {
  if (!journal.inFlight) throw new JournalError('No deploy is in flight');
  return journal.inFlight;
};

/** Pure: the journal of an app that was gone: its past, and nothing that serves yet. */
export function reinstated({ schema, release, history, plain }: Journal, restored: Restored): Journal {
  return { schema, release, history, ...(plain && { plain }), restored };
}

export type Beginning = Omit<InFlight, 'phase' | 'proved' | 'services'>;

export function begin(journal: Journal, entry: Beginning): Journal {
  if (journal.inFlight) throw new JournalError(`A deploy of ${journal.inFlight.version} is still in flight (${journal.inFlight.runUrl})`);
  if (entry.color === journal.active) throw new JournalError(`The color ${entry.color} serves: it cannot be deployed over`);
  return { ...journal, inFlight: { ...entry, phase: FIRST, proved: false, services: [] } };
}

/** Moves on to `phase`; `patch` adds what the phase needs to be healed. Errors: `JournalError` where the timeline forbids it. */
export function enter(journal: Journal, phase: Phase, patch: Partial<Pick<InFlight, 'services' | 'baseBefore'>> = {}): Journal {
  const now = inFlightOf(journal);
  if (!mayFollow(now.phase, phase, now)) throw new JournalError(`A deploy cannot go from ${now.phase} to ${phase}`);
  if (phase === 'switch' && !now.proved) throw new JournalError(`The color ${now.color} has not been proved: it cannot be switched to`);
  if (phase === 'finish' && journal.active !== now.color) throw new JournalError('A deploy is finished by `serve`');
  return { ...journal, inFlight: { ...now, ...patch, phase } };
}

/** The color was ready and passed its checks: from here on the journal holds what a run that keeps it writes to the history. */
export function prove(journal: Journal, deployed: Deployed): Journal {
  const now = inFlightOf(journal);
  if (now.phase !== 'smoke') throw new JournalError(`A color is proved by its smoke checks, not in ${now.phase}`);
  return { ...journal, inFlight: { ...now, proved: true, deployed } };
}

/** The new version serves and passed the bake: it is history now, the tidying up is still in flight. */
export function serve(journal: Journal, at: string): Journal {
  const now = inFlightOf(journal);
  if (!now.deployed) throw new JournalError('Only a color that passed its checks can serve');
  if (now.phase !== 'bake') throw new JournalError(`A version is served after its bake, not in ${now.phase}`);
  const { lastFailure: _, ...rest } = journal;
  return {
    ...rest,
    active: now.color,
    ...(now.plain && { plain: now.plain }),
    history: withServing(journal.history, { ...now.deployed, at }),
    inFlight: { ...now, phase: 'finish' },
  };
}

const withServing = (history: readonly Deployed[], deployed: Deployed): Deployed[] => [deployed, ...history].slice(0, HISTORY_LIMIT);

/**
 * Pure: the rollback that left this very content of a version, unless it served again since. A version that is built anew under the same
 * name, or has other values, is different content.
 */
export function rolledBackOnPurpose(
  history: readonly Deployed[],
  { version, partHash }: { version: string; partHash: string },
): Deployed | undefined {
  const last = history.find(
    (entry) =>
      (entry.version === version && entry.partHash === partHash) ||
      (entry.rollback?.from === version && entry.rollback.fromHash === partHash),
  );
  return last?.version === version ? undefined : last;
}

/**
 * Healing found only the new color up: it had passed, so users stay with it, and it is history. The tidying up is still in flight. An entry
 * that an older version of this product wrote does not know what the history is to hold.
 */
export function keep(journal: Journal, at: string): Journal {
  const left = inFlightOf(journal);
  if (!left.proved) throw new JournalError('Only a color that passed its checks can be kept');
  const history = left.deployed ? withServing(journal.history, { ...left.deployed, at }) : journal.history;
  const plain = left.plain && { plain: left.plain };
  return { ...journal, active: left.color, ...plain, history, inFlight: { ...left, phase: 'finish' } };
}

/**
 * A person has put users on `color`, whose version (`partHash`) served before: the journal follows. It is a rollback, which the base has not
 * followed. Where the version is not known, nothing is said of it.
 */
export function follow(journal: Journal, { color, partHash, at }: { color: Color; partHash: string | undefined; at: string }): Journal {
  const { inFlight: _, ...rest } = journal;
  const [newest] = rest.history;
  const entry = rest.history.find((one) => one.color === color && one.partHash === partHash);
  if (!entry || !newest || entry === newest) return { ...rest, active: color };
  const { baseHash, baseRevision, version, partHash: fromHash } = newest;
  const ownBase = entry.ownBase ?? { baseHash: entry.baseHash, baseRevision: entry.baseRevision };
  const rollback = { from: version, fromHash, reason: 'its Services were switched by hand' };
  return {
    ...rest,
    active: color,
    history: withServing(rest.history, { ...entry, at, actor: '', runUrl: '', baseHash, baseRevision, ownBase, rollback }),
  };
}

/** Nothing is in flight any more. */
export function end(journal: Journal, failure?: Journal['lastFailure']): Journal {
  const now = inFlightOf(journal);
  if (now.phase !== 'finish' && now.phase !== 'take-back') throw new JournalError(`A deploy cannot end in ${now.phase}`);
  const { inFlight: _, ...rest } = journal;
  if (!failure) return rest;
  return { ...rest, history: withMigrations(rest.history, now), lastFailure: failure };
}

/** A deploy that failed may have migrated anyway: the version that keeps serving has seen it. */
function withMigrations(history: Deployed[], failed: InFlight): Deployed[] {
  const [newest, ...older] = history;
  if (!newest || !failed.migrations?.length) return history;
  const attempted = failed.migrations.map((migration) => ({ ...migration, attempted: true as const }));
  return [{ ...newest, migrations: [...(newest.migrations ?? []), ...attempted] }, ...older];
}
