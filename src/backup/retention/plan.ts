import type { StoredBackup } from '../model.ts';
import type { Keep } from './keep.ts';

export interface RetentionPolicy {
  keep: Keep;
  /** Drilled-good backups of which there never are fewer through us. */
  keepGood: number;
  /** Backups that one run removes at most. */
  cap: number;
}

export interface RetentionPlan {
  /** Oldest first. */
  remove: StoredBackup[];
  /** Would go too, in later runs. */
  later: StoredBackup[];
  /** Why nothing goes, where that is so for all. */
  because?: string;
}

/**
 * Pure: grandfather, father, son. What is old is told by sequence; a clock that jumps only decides in which hour, day, week or month a backup
 * counts, and never leads back behind an earlier backup's or beyond `now` (the storage's clock, ms). Removed is only what is older than the
 * newest backup that a drill has restored, and never one of the newest `keepGood` of those.
 */
export function retention(backups: readonly StoredBackup[], { keep, keepGood, cap }: RetentionPolicy, now: number): RetentionPlan {
  const oldestFirst = [...backups].sort((a, b) => a.manifest.sequence - b.manifest.sequence || a.at - b.at);
  const good = oldestFirst.filter(({ drilled }) => drilled === 'good');
  const newestGood = good.at(-1);
  if (!newestGood) return nothing('no backup has been restored by a drill yet');
  if (good.length < keepGood) return nothing(`only ${good.length} of the ${keepGood} that are to stay have been restored by a drill`);
  const kept = new Set<StoredBackup>([...good.slice(-Math.max(1, keepGood)), ...inTiers(oldestFirst, keep, now)]);
  const gone = oldestFirst.filter((backup) => !kept.has(backup) && backup.manifest.sequence < newestGood.manifest.sequence);
  return { remove: gone.slice(0, cap), later: gone.slice(cap) };
}

const nothing = (because: string): RetentionPlan => ({ remove: [], later: [], because });

const DAY = 86_400_000;

/** Which hour, day, week (from Monday) and month a time is in, UTC. */
const PERIODS: Readonly<Record<keyof Keep, (at: number) => string>> = {
  hours: (at) => new Date(at).toISOString().slice(0, 13),
  days: (at) => new Date(at).toISOString().slice(0, 10),
  weeks: (at) => String(Math.floor((at / DAY + 3) / 7)),
  months: (at) => new Date(at).toISOString().slice(0, 7),
};

function inTiers(oldestFirst: readonly StoredBackup[], keep: Keep, now: number): StoredBackup[] {
  const times = steadyTimes(oldestFirst, now);
  return (Object.keys(PERIODS) as (keyof Keep)[]).flatMap((tier) => {
    const best = new Map<string, StoredBackup>();
    for (const [index, backup] of oldestFirst.entries()) {
      const period = PERIODS[tier](times[index] ?? now);
      const before = best.get(period);
      // The newest of the best: what a drill refused helps nobody.
      if (before === undefined || RANK[backup.drilled] >= RANK[before.drilled]) best.set(period, backup);
    }
    // A Map keeps the order of first insertion, which is that of time.
    return keep[tier] === 0 ? [] : [...best.values()].slice(-keep[tier]);
  });
}

const RANK = { bad: 0, never: 1, good: 2 };

function steadyTimes(oldestFirst: readonly StoredBackup[], now: number): number[] {
  let latest = 0;
  return oldestFirst.map(({ at }) => {
    latest = Math.max(latest, Math.min(at, now));
    return latest;
  });
}
