import type { StoredBackup } from '../../src/backup/model.ts';
import { type RetentionPolicy, retention } from '../../src/backup/retention/plan.ts';
import { randomOf } from './random.ts';

const HOUR = 3_600_000;

/**
 * Plays one random life of an app's backups: gaps, clocks that jump, drills that fail or never come, backups that are lost, locks that hold
 * what should go. Returns what is wrong, or undefined.
 */
export function playHistory(seed: number, decide = retention): string | undefined {
  const next = randomOf(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  const policy: RetentionPolicy = {
    keep: { hours: below(5), days: below(5), weeks: below(4), months: 1 + below(4) },
    keepGood: 1 + below(5),
    cap: 1 + below(6),
  };
  let backups: StoredBackup[] = [];
  let now = Date.UTC(2026, 0, 1);
  for (let sequence = 1, steps = 20 + below(60); steps > 0; steps--) {
    now += below(4) === 0 ? below(40 * 24) * HOUR : below(30) * HOUR;
    // The storage's clock was wrong, by up to two years either way.
    const at = below(6) === 0 ? now + (below(4 * 365) - 2 * 365) * 24 * HOUR : now;
    backups = [...backups, backup(sequence, at)];
    sequence += 1 + (below(10) === 0 ? below(3) : 0);
    if (below(2) === 0) backups = drilled(backups, below(Math.min(backups.length, 3)), below(4) === 0 ? 'bad' : 'good', now);
    if (below(25) === 0) backups = backups.filter(() => below(10) !== 0);
    const wrong = prune(now);
    if (wrong !== undefined) return `history ${seed}: ${wrong}`;
  }
  return undefined;

  function prune(time: number): string | undefined {
    const before = goodOf(backups);
    const { remove } = decide(backups, policy, time);
    if (remove.length > policy.cap) return `${remove.length} go at once, ${policy.cap} may`;
    const left = backups.filter((one) => !remove.includes(one) || below(5) === 0);
    const after = goodOf(left);
    const least = Math.min(before.length, policy.keepGood);
    if (after.length < least) return `${after.length} good ones are left of ${before.length}, ${policy.keepGood} were to stay`;
    if (before.slice(-least).some((one) => !left.includes(one))) return 'one of the newest good ones went';
    if (before.length === 0 && remove.length > 0) return 'something went though no drill was good';
    if (remove.some(({ manifest }) => manifest.sequence >= (before.at(-1)?.manifest.sequence ?? 0)))
      return 'something newer than the good one went';
    backups = left;
    return undefined;
  }
}

const goodOf = (backups: readonly StoredBackup[]): StoredBackup[] =>
  backups.filter(({ drilled }) => drilled === 'good').sort((a, b) => a.manifest.sequence - b.manifest.sequence);

function drilled(backups: readonly StoredBackup[], fromEnd: number, how: 'good' | 'bad', at: number): StoredBackup[] {
  const index = backups.length - 1 - fromEnd;
  return backups.map((one, place) => (place === index ? { ...one, drilled: how, drilledAt: at } : one));
}

/** A backup of this sequence, whose manifest came at this time, ms; no drill has restored it. */
export function backup(sequence: number, at: number, more: Partial<StoredBackup> = {}): StoredBackup {
  const id = `${String(sequence).padStart(6, '0')}-20260101T000000Z-000000`;
  const source = { system: '1', database: 'todo', server: '17.6', client: '17.6' };
  return {
    manifest: {
      schema: 1,
      id,
      sequence,
      app: { namespace: 'todo', release: 'todo' },
      source,
      snapshotAt: new Date(at).toISOString(),
      recipients: [],
      parts: [],
      contents: { tables: 0, rows: '0', databaseBytes: '0' },
    },
    at,
    drilled: 'never',
    drilledAt: undefined,
    paths: [`${id}/manifest.json`],
    ...more,
  };
}
