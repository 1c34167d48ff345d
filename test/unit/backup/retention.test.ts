import { describe, expect, test } from '@jest/globals';
import type { StoredBackup } from '../../../src/backup/model.ts';
import { readKeep } from '../../../src/backup/retention/keep.ts';
import { retention } from '../../../src/backup/retention/plan.ts';
import { leftOver } from '../../../src/backup/retention/sweep.ts';
import { backup, playHistory } from '../../support/retention-histories.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 2, 2);
const good = (sequence: number, at: number) => backup(sequence, at, { drilled: 'good', drilledAt: at });
const removed = (...[backups, policy, now]: Parameters<typeof retention>) =>
  retention(backups, policy, now).remove.map(({ manifest }) => manifest.sequence);

describe('the input "keep"', () => {
  test('is read', () => {
    expect(readKeep('24h 7d 4w 12m')).toEqual({ hours: 24, days: 7, weeks: 4, months: 12 });
    expect(readKeep('3d')).toEqual({ hours: 0, days: 3, weeks: 0, months: 0 });
  });

  test.each(['', '0h', '7', '7y', '7d 7d', '-1d', '1.5h', '10000d', '7d;4w'])('refuses "%s"', (text) => {
    expect(() => readKeep(text)).toThrow(/Input "keep" is/);
  });
});

describe('retention', () => {
  const policy = { keep: { hours: 3, days: 2, weeks: 0, months: 0 }, keepGood: 2, cap: 100 };
  // One an hour, two days long.
  const hourly = Array.from({ length: 48 }, (_, index) => good(index + 1, START + index * HOUR));
  const now = START + 48 * HOUR;

  test('keeps the newest of each hour and day, and the newest good ones', () => {
    const gone = removed(hourly, policy, now);
    const kept = hourly.map(({ manifest }) => manifest.sequence).filter((sequence) => !gone.includes(sequence));
    expect(kept).toEqual([24, 46, 47, 48]);
  });

  test('removes nothing before a drill was good, nor while too few were', () => {
    const never: StoredBackup[] = hourly.map((one) => ({ ...one, drilled: 'never' }));
    expect(retention(never, policy, now)).toMatchObject({ remove: [], because: expect.stringContaining('no backup has been restored') });
    const one = never.with(47, good(48, now));
    expect(retention(one, policy, now)).toMatchObject({ remove: [], because: expect.stringContaining('only 1 of the 2') });
  });

  test('removes nothing that is newer than the newest good one', () => {
    const late = hourly.map((one, index) => (index < 10 ? one : { ...one, drilled: 'never' as const }));
    expect(Math.max(...removed(late, policy, now))).toBeLessThan(10);
  });

  test('prefers what a drill has restored within an hour, a day, a week, a month', () => {
    const [early, late] = [good(1, START), backup(2, START + HOUR / 2, { drilled: 'bad', drilledAt: START })];
    const after = [good(3, START + 24 * HOUR), good(4, START + 25 * HOUR)];
    expect(removed([early, late, ...after], { keep: { hours: 0, days: 2, weeks: 0, months: 0 }, keepGood: 1, cap: 9 }, now)).toEqual([
      2, 3,
    ]);
  });

  test('a clock that jumped back makes nothing older, one that jumped ahead nothing newer', () => {
    const jumped = hourly.with(47, good(48, START - 10_000 * HOUR)).with(20, good(21, START + 10_000 * HOUR));
    const gone = removed(jumped, policy, now);
    expect(gone).not.toContain(48);
    expect(gone).not.toContain(47);
  });

  test('removes the oldest first, and not more than a run may', () => {
    const { remove, later } = retention(hourly, { ...policy, cap: 5 }, now);
    expect(remove.map(({ manifest }) => manifest.sequence)).toEqual([1, 2, 3, 4, 5]);
    expect(later).toHaveLength(39);
  });

  test('never leaves too few good ones, in 1,000 random histories', () => {
    for (let seed = 1; seed <= 1000; seed++) expect(playHistory(seed)).toBeUndefined();
  });

  test('a policy by age alone would be found out', () => {
    const byAge: typeof retention = (backups, _, time) => ({
      remove: backups.filter(({ at }) => time - at > 48 * HOUR).slice(0, 1),
      later: [],
    });
    expect(Array.from({ length: 50 }, (_, seed) => playHistory(seed, byAge)).some((wrong) => wrong !== undefined)).toBe(true);
  });
});

describe('what killed runs left', () => {
  const folder = (id: string, source: string | undefined, newestAt: number) => ({ id, paths: [`${id}/part-00001.age`], newestAt, source });
  test('goes where the run was of this database, or is two days old', () => {
    const unfinished = [folder('a', '1/todo', START), folder('b', '2/todo', START), folder('c', undefined, START - 49 * HOUR)];
    const found = leftOver({ backups: [], damaged: [], unfinished, lastSequence: 0 }, '1/todo', START);
    expect(found).toEqual(['a/part-00001.age', 'c/part-00001.age']);
  });
});
