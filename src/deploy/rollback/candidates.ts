import { colorServiceName } from '../../split/index.ts';
import type { Color } from '../../split/model.ts';
import { irreversibleOf, migrationsBetween } from '../state/migrations.ts';
import type { Deployed, Migration } from '../state/model.ts';

/**
 * What is left of a version in the cluster: `warm`, its pods run; `zero`, its objects stand at zero replicas; `recorded`, Helm's record
 * holds it; `gone`, nothing does.
 */
export type Remains = 'warm' | 'zero' | 'recorded' | 'gone';

/** One version that can be rolled back to, or could once. */
export interface Candidate {
  /** 1 is the one that served just before. */
  back: number;
  entry: Deployed;
  remains: Remains;
  /** What was migrated since it served, newest first. */
  migrations: Migration[];
  /** Those of them that cannot be undone. */
  irreversible: Migration[];
}

/** What the cluster holds of one color. */
export interface LiveColor {
  /** Names of its workloads that count replicas, workers too, without the color. */
  workloads: ReadonlySet<string>;
  /** Names of its color Services. */
  services: ReadonlySet<string>;
  /** Part hash of each Deployment that serves (no worker), with what runs of it. */
  deployments: readonly { partHash: string; replicas: number; ready: number }[];
  /** Revisions of the color's Helm release, with the time each was created (ISO time). */
  revisions: ReadonlyMap<number, string>;
}

export interface Facts {
  /** The journal's, newest first. */
  history: readonly Deployed[];
  /** The entry of the version that serves; undefined where nothing does. */
  serving: Deployed | undefined;
  colors: Readonly<Record<Color, LiveColor>>;
  /** When Helm's records were made anew from a backup, ms since the epoch. */
  restoredAt?: number | undefined;
}

/** How far the clocks of runners and of the API server may be apart. */
const SKEW_MS = 60_000;

const keyOf = ({ version, partHash }: Pick<Deployed, 'version' | 'partHash'>): string => `${version} ${partHash}`;

/** Pure: every version that served, the newest first, each once, without the one that serves. */
export function candidatesOf({ history, serving, colors, restoredAt }: Facts): Candidate[] {
  const seen = new Set(serving ? [keyOf(serving)] : []);
  const found: Candidate[] = [];
  for (const [index, entry] of history.entries()) {
    if (seen.has(keyOf(entry))) continue;
    seen.add(keyOf(entry));
    const migrations = migrationsBetween(history.slice(0, index), entry);
    const remains = remainsOf(entry, serving?.color, colors[entry.color], restoredAt);
    found.push({ back: found.length + 1, entry, remains, migrations, irreversible: irreversibleOf(migrations, entry) });
  }
  return found;
}

function remainsOf(entry: Deployed, active: Color | undefined, live: LiveColor, restoredAt: number | undefined): Remains {
  if (!isRecorded(entry, live, restoredAt)) return 'gone';
  const { deployments, workloads, services } = live;
  // What somebody has deleted comes back from the record alone.
  const whole =
    Object.keys(entry.replicas).every((name) => workloads.has(name)) &&
    entry.services.every((name) => services.has(colorServiceName(name, entry.color)));
  if (!whole) return 'recorded';
  const own = entry.color !== active && deployments.length > 0 && deployments.every(({ partHash }) => partHash === entry.partHash);
  if (!own) return 'recorded';
  return deployments.every(({ replicas, ready }) => replicas > 0 && ready >= replicas) ? 'warm' : 'zero';
}

/** A release that was removed and recreated counts its revisions from one: the record must be older than its version's success. */
function isRecorded(entry: Deployed, { revisions }: LiveColor, restoredAt = 0): boolean {
  const madeAt = revisions.get(entry.colorRevision);
  return madeAt !== undefined && Date.parse(madeAt) <= Math.max(Date.parse(entry.at), restoredAt) + SKEW_MS;
}
