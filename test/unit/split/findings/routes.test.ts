import { describe, expect, test } from '@jest/globals';
import type { Gateway, GatewayClass, ParentRef, Route } from '../../../../src/interfaces/gateway.ts';
import { REASONS } from '../../../../src/interfaces/reasons.ts';
import { type RouteSurroundings, routeFindings } from '../../../../src/split/findings/routes.ts';

const apiVersion = 'gateway.networking.k8s.io/v1';
const parent = { name: 'shared', namespace: 'infra' };
const route = (spec: NonNullable<Route['spec']>): Route => ({
  apiVersion,
  kind: 'HTTPRoute',
  metadata: { name: 'todo' },
  spec: { parentRefs: [parent], ...spec },
});
const gateway = (from: string, hostname?: string, name = 'shared'): Gateway => ({
  apiVersion,
  kind: 'Gateway',
  metadata: { name, namespace: 'infra' },
  spec: {
    gatewayClassName: 'edge',
    listeners: [{ name: 'web', protocol: 'HTTP', port: 80, ...(hostname && { hostname }), allowedRoutes: { namespaces: { from } } }],
  },
});
const edge: GatewayClass = { apiVersion, kind: 'GatewayClass', metadata: { name: 'edge' }, spec: { controllerName: 'example.com/edge' } };
const around = (more: Partial<RouteSurroundings> = {}): RouteSurroundings => ({
  namespace: 'todo',
  gateways: [gateway('All')],
  classes: [edge],
  missing: { gateways: new Set(), classes: new Set() },
  services: new Map([['todo-frontend', [80]]]),
  ...more,
});
const missing = (gateways: string[], classes: string[] = []) => ({ gateways: new Set(gateways), classes: new Set(classes) });
const to = (...backendRefs: { name: string; port?: number; namespace?: string; weight?: number }[]) => ({ rules: [{ backendRefs }] });
const texts = (spec: NonNullable<Route['spec']>, more: Partial<RouteSurroundings> = {}) => {
  const { refused, warnings } = routeFindings([route(spec)], around(more));
  const text = ({ object, reason, message }: (typeof refused)[number]) => `${reason}: ${object}: ${message}`;
  return { refused: refused.map(text), warnings: warnings.map(text) };
};
const front = { name: 'todo-frontend', port: 80 };
const two: ParentRef[] = [parent, { name: 'other', namespace: 'infra' }];

describe('what keeps a route from leading users in', () => {
  test.each<[string, NonNullable<Route['spec']>, Partial<RouteSurroundings>, string[], string[]]>([
    ['nothing', to(front), {}, [], []],
    [
      'a Gateway that is not there',
      to(front),
      { gateways: [], missing: missing(['infra/shared']) },
      [`gateway-missing: ${REASONS['gateway-missing'].example}`],
      [],
    ],
    ['a Gateway that nobody may read', to(front), { gateways: [] }, [], []],
    [
      'a class that is not there',
      to(front),
      { missing: missing([], ['edge']) },
      ['gateway-missing: HTTPRoute/todo: Gateway infra/shared is of the GatewayClass edge, which does not exist: nothing serves it'],
      [],
    ],
    ['its namespace', to(front), { gateways: [gateway('Same')] }, [`route-not-accepted: ${REASONS['route-not-accepted'].example}`], []],
    [
      'its host',
      { ...to(front), hostnames: ['a.example.com'] },
      { gateways: [gateway('All', 'b.example.com')] },
      ['route-not-accepted: HTTPRoute/todo: no listener of Gateway infra/shared serves a.example.com (NoMatchingListenerHostname)'],
      [],
    ],
    [
      'the name of a listener',
      { ...to(front), parentRefs: [{ ...parent, sectionName: 'https', port: 443 }] },
      {},
      ['route-not-accepted: HTTPRoute/todo: no listener of Gateway infra/shared has sectionName https, port 443 (NoMatchingParent)'],
      [],
    ],
    [
      'one of two Gateways: a word of it',
      { ...to(front), parentRefs: two },
      { missing: missing(['infra/other']) },
      [],
      ['gateway-missing: HTTPRoute/todo: leads users in by Gateway infra/other, which does not exist'],
    ],
    [
      'both Gateways',
      { ...to(front), parentRefs: two },
      { gateways: [gateway('Same')], missing: missing(['infra/other']) },
      [`route-not-accepted: ${REASONS['route-not-accepted'].example}`],
      ['gateway-missing: HTTPRoute/todo: leads users in by Gateway infra/other, which does not exist'],
    ],
    [
      'a Service that is not there',
      to({ name: 'gone', port: 80 }),
      {},
      ['route-unresolved: HTTPRoute/todo: leads to Service gone, which is neither in the chart nor in the namespace'],
      [],
    ],
    ['a port that is not there', to({ ...front, port: 81 }), {}, [`route-unresolved: ${REASONS['route-unresolved'].example}`], []],
    ['no port', to({ name: 'todo-frontend' }), {}, ['route-unresolved: HTTPRoute/todo: leads to Service todo-frontend without a port'], []],
    ['a Service of another namespace is not known', to({ name: 'gone', namespace: 'other', port: 80 }), {}, [], []],
    [
      'one of two backends: a word of it',
      to(front, { name: 'canary', port: 80, weight: 0 }),
      {},
      [],
      ['route-unresolved: HTTPRoute/todo: leads to Service canary, which is neither in the chart nor in the namespace'],
    ],
    [
      'copies alone: a word of it',
      {
        rules: [{ backendRefs: [front], filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'copy', port: 80 } } }] }],
      },
      {},
      [],
      ['route-unresolved: HTTPRoute/todo: leads to Service copy, which is neither in the chart nor in the namespace'],
    ],
    [
      'one of two rules',
      { rules: [{ backendRefs: [front] }, { backendRefs: [{ name: 'gone', port: 80 }] }] },
      {},
      ['route-unresolved: HTTPRoute/todo: leads to Service gone, which is neither in the chart nor in the namespace'],
      [],
    ],
    ['a mesh: no Gateway at all', { ...to(front), parentRefs: [{ group: '', kind: 'Service', name: 'todo-frontend' }] }, {}, [], []],
  ])('%s', (_name, spec, more, refused, warnings) => expect(texts(spec, more)).toEqual({ refused, warnings }));
});
