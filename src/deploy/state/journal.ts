import { DeployError } from '../../interfaces/errors.ts';
import type { SmokeCheck } from '../../smoke/model.ts';
import type { Color, ServicePort } from '../../split/model.ts';
import type { PlainApp } from './plain.ts';
import { FIRST, mayFollow, type Phase } from './timeline.ts';

const HISTORY_LIMIT = 20;

/** What a stable Service selected before the switch (null: nothing yet) and what it will select: enough to revert or complete the switch. */
export interface ServiceMove {
  name: string;
  from: Record<string, string> | null;
  to: Record<string, string>;
  /** Where the version changes them: they move with the selector. */
  ports?: { from: ServicePort[]; to: ServicePort[] } | undefined;
  /** On which side nothing runs behind it, since that version has switched it off: there is nothing to prove. */
  asleep?: { from: boolean; to: boolean } | undefined;
}

export interface InFlight {
  holder: string;
  runUrl: string;
  actor: string;
  startedAt: string;
  version: string;
  color: Color;
  /** undefined on a first deploy. */
  previousColor?: Color | undefined;
  /** The color that was to serve when the run began, and did not any more: there is nothing to go back to, and what is left of it goes. */
  unserved?: Color | undefined;
  phase: Phase;
  /** The color's pods were ready and passed the smoke checks: only then may a Service select it. */
  proved: boolean;
  /** Revision of the base before this deploy touched it; undefined where there was none or nothing changed. */
  baseBefore?: number | undefined;
  services: ServiceMove[];
  /** What happens to the old color. */
  keepOld: 'zero' | 'warm' | 'remove';
  partHash: string;
  baseHash: string;
  /** Hooks that this run may have run, whatever its outcome. */
  migrations?: Migration[] | undefined;
  /** Nothing moves from color to color: the base alone makes this version and the one before. */
  inPlace?: boolean | undefined;
  /** The color ran this version already when the run began: a revert leaves it up. */
  warm?: boolean | undefined;
  /** From the proof on: what the history will hold of this version. */
  deployed?: Deployed | undefined;
  /** What the Secrets of the input `secrets` held before this run. */
  secretsBefore?: SecretBefore[] | undefined;
  /** The app that plain Helm or kubectl ran, where this deploy takes it over: then there is no `previousColor`. */
  plain?: PlainApp | undefined;
  /** The app that plain Helm ran, where this run gives it back: then `previousColor` serves, and `color` is the one that rests. */
  toPlain?: PlainApp | undefined;
  /** How long a color that users leave keeps running. */
  drainMs?: number | undefined;
}

/** A Secret of the input `secrets` as this product had applied it before a run, or as it was where others had made it. */
export interface SecretBefore {
  name: string;
  existed: boolean;
  /** In base64; what is not in here was not there. */
  data: Record<string, string>;
}

/** A hook Job that may have changed a schema. */
export interface Migration {
  /** Name of the Job without its color. */
  name: string;
  /** Of the Job as it ran; another hash may have migrated something. */
  hash: string;
  /** What its chart says of it (annotation `todo-deploy.dev/irreversible`); absent where it can be undone. */
  irreversible?: string | undefined;
  /** The backup of the app's database that was taken before it ran. */
  backup?: BackupBefore | undefined;
  /** The deploy failed: it may have run wholly, in part or not at all. */
  attempted?: true | undefined;
}

/** A backup that a deploy took before it touched anything. */
export interface BackupBefore {
  id: string;
  /** Of its snapshot, ISO 8601. */
  snapshotAt: string;
}

/** A version was left on purpose. */
export interface Rollback {
  /** The version that served, and its part. */
  from: string;
  fromHash: string;
  reason?: string | undefined;
}

/** One version that served users. */
export interface Deployed {
  version: string;
  color: Color;
  at: string;
  actor: string;
  runUrl: string;
  partHash: string;
  /** Empty while a part of the base's change still waits. */
  baseHash: string;
  baseRevision: number;
  /** Where a person put users on it and it serves on the base of another version: its own. */
  ownBase?: { baseHash: string; baseRevision: number } | undefined;
  colorRevision: number;
  images: string[];
  services: string[];
  /** Replicas that the chart asked for, by workload without color. */
  replicas: Record<string, number>;
  smoke: SmokeCheck[];
  url?: string | undefined;
  versionHeader?: string | undefined;
  /** Hooks that ran for it, and those of failed deploys while it served. */
  migrations?: Migration[] | undefined;
  /** Set where it was rolled back to. */
  rollback?: Rollback | undefined;
  /** It was deployed in place whole: its color holds its record and its hooks alone. */
  inPlace?: boolean | undefined;
}

export interface Restored {
  backup: string;
  /** ISO time. */
  at: string;
}

export interface Journal {
  schema: 1;
  release: string;
  /** The color that serves; where an app has no Service, this is what says so. */
  active?: Color | undefined;
  inFlight?: InFlight | undefined;
  /** Newest first, bounded. */
  history: Deployed[];
  /** The app as plain Helm ran it before this product took it over: what the way back to plain Helm restores. */
  plain?: PlainApp | undefined;
  /** Where the app was gone and came back from a backup: what Helm had recorded until then was made anew at that time. */
  restored?: Restored | undefined;
  lastFailure?: { version: string; at: string; reason: string; cause: string; runUrl: string } | undefined;
}

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
