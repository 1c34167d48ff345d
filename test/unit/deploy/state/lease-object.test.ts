import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LEASE_TIMES } from '../../../../src/deploy/state/lease.ts';
import {
  afterRefusal,
  currentHolder,
  released,
  renewed,
  rivalHolder,
  taken,
  type Who,
  wasAbandoned,
} from '../../../../src/deploy/state/lease-object.ts';
import type { Lease } from '../../../../src/interfaces/objects.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const by = (holder: string): Who => ({ repository: 'acme/todo', runUrl: `https://example.com/${holder}`, actor: 'ada', holder });
const take = (holder: string, now = START, seen?: Lease) =>
  taken(seen, { release: 'todo', namespace: 'team', who: by(holder), durationMs: LEASE_TIMES.durationMs }, now);

describe('who may take a lease', () => {
  const held = take('one');
  const withSpec = (spec: object): Lease => ({ ...held, spec: { ...held.spec, ...spec } });
  test.each<[string, Lease | undefined, string, number, string | undefined]>([
    ['there is none', undefined, 'two', 0, undefined],
    ['it is held', held, 'two', 29_999, 'acme/todo, https://example.com/one'],
    ['it is late, but clocks differ', held, 'two', 34_999, 'acme/todo, https://example.com/one'],
    ['it has expired', held, 'two', 35_000, undefined],
    ['it was renewed meanwhile', renewed(held, START + 20_000), 'two', 35_000, 'acme/todo, https://example.com/one'],
    ['it was given up', released(held), 'two', 0, undefined],
    ['it is held by the very run that asks', held, 'one', 0, undefined],
    ['it was never renewed', withSpec({ renewTime: undefined }), 'two', 34_999, 'acme/todo, https://example.com/one'],
    ['it says no time at all', { ...held, spec: { holderIdentity: 'one' } }, 'two', 0, undefined],
    ['it does not say how long it lasts', withSpec({ leaseDurationSeconds: undefined }), 'two', 35_000, undefined],
    ['it has no notes', { ...held, metadata: { name: 'l' } }, 'two', 0, 'one'],
  ])('%s', (_, seen, holder, after, who) => expect(rivalHolder(seen, holder, START + after)?.who).toBe(who));

  test('a run stops long before anyone may take over, even where their clock is ten seconds ahead', () => {
    const elapsed = fc.integer({ min: 0, max: LEASE_TIMES.giveUpMs });
    const ahead = fc.integer({ min: -60_000, max: 10_000 });
    const entitled = (since: number, skew: number, held: number) => {
      const lease = renewed(take('one'), START + held);
      expect(rivalHolder(lease, 'two', START + held + since + skew)).toBeDefined();
    };
    fc.assert(fc.property(elapsed, ahead, fc.integer({ min: 0, max: 3_600_000 }), entitled), {
      examples: [[LEASE_TIMES.giveUpMs, 10_000, 0]],
    });
  });

  test('nobody is kept out longer than the lease lasts, and the clocks’ difference', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (since) => {
        const free = rivalHolder(take('one'), 'two', START + since) === undefined;
        expect(free).toBe(since >= LEASE_TIMES.durationMs + 5_000);
      }),
    );
  });
});

describe('what is written', () => {
  test('the first lease', () => {
    expect(take('one')).toMatchObject({
      metadata: { name: 'todo-deploy-todo', namespace: 'team', annotations: { 'todo-deploy.dev/run': 'https://example.com/one' } },
      spec: { holderIdentity: 'one', leaseDurationSeconds: 30, renewTime: '2026-01-01T00:00:00.000000Z', leaseTransitions: 1 },
    });
    expect(take('one').metadata).not.toHaveProperty('resourceVersion');
  });

  test('one that is taken over: only as it was seen, so that of two who try one fails', () => {
    const seen = { ...take('one'), metadata: { name: 'todo-deploy-todo', resourceVersion: '7' } };
    const second = take('two', START + 40_000, seen);
    expect([second.metadata.resourceVersion, second.spec?.leaseTransitions, second.spec?.holderIdentity]).toEqual(['7', 2, 'two']);
    expect([wasAbandoned(seen), wasAbandoned(released(seen)), wasAbandoned(undefined)]).toEqual([true, false, false]);
  });

  test('whatever happens to it, a lease that is given up is free, and keeps count', () => {
    const deed = fc.record({ what: fc.constantFrom('take', 'renew', 'give'), after: fc.integer({ min: 0, max: 60_000 }) });
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 20 }), (deeds) => {
        let now = START;
        let takes = 1;
        let lease = take('run-1');
        for (const { what, after } of deeds) {
          now += after;
          if (what === 'take') lease = take(`run-${++takes}`, now, lease);
          else if (what === 'renew') lease = renewed(lease, now);
          else lease = released(lease);
          expect(lease.spec?.leaseTransitions).toBe(takes);
          expect(currentHolder(lease, now)?.who.endsWith(`run-${takes}`)).toBe(
            what === 'give' ? undefined : wasAbandoned(lease) || undefined,
          );
        }
        expect(currentHolder(released(lease), now)).toBeUndefined();
      }),
    );
  });
});

test.each<[404 | 409, string, string]>([
  [409, 'one', 'ours'],
  [404, 'one', 'ours'],
  [409, 'two', 'lost'],
  [404, 'two', 'lost'],
  [409, '', 'lost'],
  [409, 'gone', 'lost'],
  [404, 'gone', 'lost'],
  [404, 'unread', 'lost'],
  [409, 'unread', 'unknown'],
])('a renewal that was refused with %d where the holder is now "%s": %s', (status, now, verdict) => {
  const seen = now === 'gone' || now === 'unread' ? now : now === '' ? released(take('x')) : take(now);
  expect(afterRefusal(status, seen, 'one')).toBe(verdict);
});

describe('who holds a lease', () => {
  const lease = (spec: object) =>
    ({
      metadata: { name: 'l', annotations: { 'todo-deploy.dev/repository': 'acme/todo', 'todo-deploy.dev/run': 'https://example.com/1' } },
      spec,
    }) as unknown as Lease;
  const renewTime = '2026-01-01T00:00:00.000000Z';
  const at = (seconds: number) => Date.parse('2026-01-01T00:00:00Z') + seconds * 1000;
  test.each<[string, Lease | undefined, number, string | undefined]>([
    ['there is none', undefined, 0, undefined],
    ['given up', lease({ leaseDurationSeconds: 30, renewTime }), 1, undefined],
    ['held', lease({ holderIdentity: 'x', leaseDurationSeconds: 30, renewTime }), 29, 'acme/todo, https://example.com/1'],
    [
      'late, but clocks differ',
      lease({ holderIdentity: 'x', leaseDurationSeconds: 30, renewTime }),
      34,
      'acme/todo, https://example.com/1',
    ],
    ['expired', lease({ holderIdentity: 'x', leaseDurationSeconds: 30, renewTime }), 36, undefined],
  ])('%s', (_, seen, seconds, who) => expect(currentHolder(seen, at(seconds))?.who).toBe(who));
});
