import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { routeStatusText, routeVerdict } from '../../../../src/deploy/traffic/route-verdict.ts';
import type { ParentRef, Route, RouteParentStatus } from '../../../../src/interfaces/gateway.ts';

const [shared, other]: [ParentRef, ParentRef] = [{ name: 'shared', namespace: 'infra' }, { name: 'other' }];
const route = (parentRefs: ParentRef[], parents: RouteParentStatus[]): Route => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'todo', generation: 2 },
  spec: { parentRefs },
  status: { parents },
});
const said = (parentRef: ParentRef, accepted: string, resolved = 'ResolvedRefs', observedGeneration = 2): RouteParentStatus => ({
  parentRef,
  controllerName: 'example.com/edge',
  conditions: [
    { type: 'Accepted', status: accepted === 'Accepted' ? 'True' : 'False', reason: accepted, message: 'as said', observedGeneration },
    {
      type: 'ResolvedRefs',
      status: resolved === 'ResolvedRefs' ? 'True' : 'False',
      reason: resolved,
      message: 'as said',
      observedGeneration,
    },
  ],
});

describe('what Gateways say of a route', () => {
  test.each<[string, ParentRef[], RouteParentStatus[], unknown]>([
    ['nothing yet', [shared], [], 'unknown'],
    ['that it is taken', [shared], [said(shared, 'Accepted')], 'taken'],
    ['that the one before it was refused', [shared], [said(shared, 'NoMatchingParent', 'ResolvedRefs', 1)], 'unknown'],
    ['that the one before it was taken', [shared], [said(shared, 'Accepted', 'ResolvedRefs', 1)], 'unknown'],
    [
      'that it is refused',
      [shared],
      [said(shared, 'NotAllowedByListeners')],
      {
        object: 'HTTPRoute/todo',
        reason: 'route-not-accepted',
        message: 'Gateway infra/shared does not take it (NotAllowedByListeners: as said)',
        hint: expect.stringContaining('allowedRoutes'),
      },
    ],
    ['that one of two takes it', [shared, other], [said(shared, 'NoMatchingParent'), said(other, 'Accepted')], 'taken'],
    ['that one of two refuses it, and the other nothing', [shared, other], [said(shared, 'NoMatchingParent')], 'unknown'],
    [
      'that two refuse it',
      [shared, other],
      [said(shared, 'NoMatchingParent'), said(other, 'Own')],
      expect.objectContaining({ reason: 'route-not-accepted' }),
    ],
    [
      'that a Service is of others',
      [shared],
      [said(shared, 'Accepted', 'RefNotPermitted')],
      expect.objectContaining({ reason: 'route-unresolved', hint: expect.stringContaining('ReferenceGrant') }),
    ],
    ['of a Gateway that it names no more', [shared], [said(other, 'NoMatchingParent')], 'unknown'],
    [
      'of another listener of the same',
      [{ ...shared, sectionName: 'web' }],
      [said({ ...shared, sectionName: 'old' }, 'Accepted')],
      'unknown',
    ],
    [
      'a reason of its own',
      [shared],
      [said(shared, 'Tuesday')],
      expect.objectContaining({ hint: expect.stringContaining('kubectl describe') }),
    ],
  ])('%s', (_, refs, parents, verdict) => expect(routeVerdict(route(refs, parents))).toEqual(verdict));

  test('as evidence: every condition of every Gateway', () => {
    expect(routeStatusText(route([shared], [said({ ...shared, sectionName: 'web' }, 'NoMatchingParent')]))).toBe(
      'Gateway infra/shared, listener web (example.com/edge)\n  Accepted=False NoMatchingParent: as said\n  ResolvedRefs=True ResolvedRefs: as said',
    );
  });

  test('one Gateway that takes it is enough, whatever the others say, in whatever order', () => {
    const ref = fc.constantFrom(...['a', 'b', 'c'].map((name): ParentRef => ({ name })));
    const condition = fc.tuple(ref, fc.constantFrom('Accepted', 'NoMatchingParent', 'Own'), fc.constantFrom(1, 2));
    fc.assert(
      fc.property(
        fc.uniqueArray(ref, { minLength: 1 }),
        fc.uniqueArray(condition, { selector: ([{ name }]) => name }),
        (refs, conditions) => {
          const verdict = routeVerdict(
            route(
              refs,
              conditions.map(([one, accepted, at]) => said(one, accepted, 'ResolvedRefs', at)),
            ),
          );
          const counted = conditions.filter(([{ name }, , at]) => at === 2 && refs.some((one) => one.name === name));
          const taken = counted.some(([, accepted]) => accepted === 'Accepted');
          const refused = counted.length === refs.length && !taken;
          expect(typeof verdict === 'string' ? verdict : 'refused').toBe(taken ? 'taken' : refused ? 'refused' : 'unknown');
        },
      ),
    );
  });
});
