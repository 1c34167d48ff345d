import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LEASE_TIMES } from '../../../../src/deploy/state/lease.ts';
import { released, renewed, taken } from '../../../../src/deploy/state/lease-object.ts';
import { freeFrom, type Observation, observed } from '../../../../src/deploy/state/lease-watch.ts';
import { momentOf, sinceMs } from '../../../../src/deploy/state/moment.ts';
import type { Lease } from '../../../../src/interfaces/objects.ts';

const HOUR_MS = 3_600_000;
const who = { repository: 'acme/todo', runUrl: '', actor: 'ada', holder: 'one' };
/** A lease that its holder wrote by a clock of its own. */
const leaseAt = (theirs: number): Lease =>
  taken(undefined, { release: 'todo', namespace: 'team', who, durationMs: LEASE_TIMES.durationMs }, theirs);

describe('a lease in other hands', () => {
  test.each([
    ['hours behind', -9 * HOUR_MS],
    ['the same', 0],
    ['hours ahead', 9 * HOUR_MS],
  ])('whose clock is %s: free when it has not changed for as long as it lasts', (_, apart) => {
    const lease = leaseAt(9 * HOUR_MS + apart);
    const first = observed(undefined, lease, 1_000);
    expect(freeFrom(first, lease)).toBe(31_000);
    // Looking again is no sign of life.
    expect(freeFrom(observed(first, lease, 20_000), lease)).toBe(31_000);
    const again = renewed(lease, 9 * HOUR_MS + apart + 5_000);
    expect(freeFrom(observed(first, again, 20_000), again)).toBe(50_000);
  });

  test.each<[string, (lease: Lease) => Lease]>([
    ['a renewal that sets the time back', (lease) => renewed(lease, 0)],
    ['another take by the same run', (lease) => taken(lease, { release: 'todo', namespace: 'team', who, durationMs: 30_000 }, 0)],
    ['a deletion, and a lease that says the same', (lease) => ({ ...lease, metadata: { ...lease.metadata, uid: 'another' } })],
    ['giving it up', released],
  ])('%s is a sign of life', (_, change) => {
    const lease = leaseAt(HOUR_MS);
    const first = observed(undefined, lease, 0);
    expect(observed(first, change(lease), 7_000)).toMatchObject({ since: 7_000 });
  });

  test('what others write beside it is none', () => {
    const lease = leaseAt(HOUR_MS);
    const noted = { ...lease, metadata: { ...lease.metadata, resourceVersion: '99', annotations: { note: 'by hand' } } };
    expect(observed(observed(undefined, lease, 0), noted, 7_000).since).toBe(0);
  });

  test('a run stops before anyone may take over, whatever their clocks say, and however late the others look', () => {
    const apart = fc.integer({ min: -24 * HOUR_MS, max: 24 * HOUR_MS });
    const renewals = fc.array(fc.integer({ min: 1, max: LEASE_TIMES.giveUpMs }), { maxLength: 10 });
    const delay = fc.integer({ min: 0, max: 60_000 });
    fc.assert(
      fc.property(apart, renewals, delay, (clocks, pauses, seenLate) => {
        // Real time; the watcher sees a renewal at any time after it was sent.
        let now = 0;
        let lease = leaseAt(30 * HOUR_MS + clocks);
        let seen: Observation | undefined;
        let sent = 0;
        for (const pause of pauses) {
          now += pause;
          sent = now;
          lease = renewed(lease, 30 * HOUR_MS + clocks + now);
          seen = observed(seen, lease, sent + seenLate);
        }
        seen = observed(seen, lease, sent + seenLate);
        expect(freeFrom(seen, lease)).toBeGreaterThan(sent + LEASE_TIMES.giveUpMs);
        // And nobody is kept out for longer than it lasts.
        expect(freeFrom(seen, lease)).toBe(sent + seenLate + LEASE_TIMES.durationMs);
      }),
    );
  });
});

test.each([
  ['the machine slept, and the even clock stood still', { elapsed: 1_000, now: 600_000 }, 600_000],
  ['the time of day was set back', { elapsed: 4_000, now: -HOUR_MS }, 4_000],
  ['nothing happened to the clocks', { elapsed: 4_000, now: 4_000 }, 4_000],
])('how long something is ago at most: %s', (_, passed, since) => {
  const clock = (at: { elapsed: number; now: number }) => ({ elapsed: () => at.elapsed, now: () => at.now, sleep: async () => undefined });
  expect(sinceMs(momentOf(clock({ elapsed: 0, now: 0 })), clock(passed))).toBe(since);
});
