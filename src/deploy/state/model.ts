import type { SmokeCheck } from '../../smoke/model.ts';
import type { Color, ServicePort } from '../../split/model.ts';
import type { PlainApp } from './plain.ts';
import type { Phase } from './timeline.ts';

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
