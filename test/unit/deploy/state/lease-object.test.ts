import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LEASE_TIMES } from '../../../../src/deploy/state/lease.ts';
import {
  afterRefusal,
  holderOf,
  released,
  renewed,
  rivalOf,
  taken,
  type Who,
  wasAbandoned,
} from '../../../../src/deploy/state/lease-object.ts';
import type { Lease } from '../../../../src/interfaces/objects.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const by = (holder: string): Who => ({ repository: 'acme/todo', runUrl: `https://example.com/${holder}`, actor: 'ada', holder });
const take = (holder: string, now = START, seen?: Lease) =>
  taken(seen, { release: 'todo', namespace: 'team', who: by(holder), durationMs: LEASE_TIMES.durationMs }, now);

describe('who keeps others from a lease', () => {
  const held = take('one');
  test.each<[string, Lease | undefined, string, string | undefined]>([
    ['there is none', undefined, 'two', undefined],
    ['it is held', held, 'two', 'acme/todo, https://example.com/one'],
    ['it is held, whatever its time says', renewed(held, 0), 'two', 'acme/todo, https://example.com/one'],
    ['it says no time at all', { ...held, spec: { holderIdentity: 'one' } }, 'two', 'acme/todo, https://example.com/one'],
    ['it was given up', released(held), 'two', undefined],
    ['it is held by the very run that asks', held, 'one', undefined],
    ['it has no notes', { ...held, metadata: { name: 'l' } }, 'two', 'one'],
  ])('%s', (_, seen, holder, who) => expect(rivalOf(seen, holder)).toBe(who));
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
          expect(holderOf(lease)?.endsWith(`run-${takes}`)).toBe(what === 'give' ? undefined : wasAbandoned(lease) || undefined);
        }
        expect(holderOf(released(lease))).toBeUndefined();
      }),
    );
  });
});

describe('a write that was refused', () => {
  const held = take('one');
  const withUid = (lease: Lease, uid: string): Lease => ({ ...lease, metadata: { ...lease.metadata, uid } });
  test.each<[404 | 409, string, Lease | 'gone' | 'unread', string]>([
    [409, 'as it was', held, 'ours'],
    [409, 'renewed', renewed(held, START + 9_000), 'ours'],
    [404, 'as it was', held, 'ours'],
    [409, 'of someone else', take('two', START, held), 'lost'],
    [404, 'of someone else', take('two', START, held), 'lost'],
    [409, 'taken over by the post step of the same run', take('one', START, held), 'lost'],
    [409, 'deleted, and taken anew by the post step of the same run', withUid(held, 'another'), 'lost'],
    [409, 'given up', released(held), 'lost'],
    [409, 'gone', 'gone', 'lost'],
    [404, 'gone', 'gone', 'lost'],
    [404, 'not to be read', 'unread', 'lost'],
    [409, 'not to be read', 'unread', 'unknown'],
  ])('with %d, and the lease is %s', (status, _, seen, verdict) => expect(afterRefusal(status, seen, held)).toBe(verdict));
});
