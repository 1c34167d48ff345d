import { describe, expect, test } from '@jest/globals';
import type { NoIndex } from '../../../../src/split/model.ts';
import { deployment, find, type Loose, service, split } from '../helpers.ts';

const NAMESPACE = 'pr-7-todo-abcdef';
const ALL: NoIndex = { middleware: 'own', headers: 'own', filter: true };
const SET = { set: [{ name: 'X-Robots-Tag', value: 'noindex' }] };

const door = (apiVersion: string, kind: string, spec: object, noindex: NoIndex | undefined, annotations?: object): Loose => {
  const object = { apiVersion, kind, metadata: { name: 'x', ...(annotations && { annotations }) }, spec };
  const rules = { host: 'pr-7-todo.preview.example.com', replicas: 2, storage: 1, noindex };
  const { baseObjects } = split([deployment('web'), service('web'), object], { namespace: NAMESPACE, preview: rules });
  return find(baseObjects, `${kind}/x`);
};
const path = { http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { name: 'http' } } } }] } };
const ingress = (noindex: NoIndex | undefined, annotations?: object): Record<string, string> | undefined =>
  door('networking.k8s.io/v1', 'Ingress', { rules: [{ host: 'a.example.com', ...path }] }, noindex, annotations).metadata.annotations;
const route = (noindex: NoIndex | undefined, filters?: object[]): object[] => {
  const rule = { ...(filters && { filters }), backendRefs: [{ name: 'web', port: 80 }] };
  const spec = { parentRefs: [{ name: 'gateway', namespace: 'doors' }], hostnames: ['a.example.com'], rules: [rule] };
  return door('gateway.networking.k8s.io/v1', 'HTTPRoute', spec, noindex).spec.rules[0].filters;
};

describe('search engines are kept out by', () => {
  const MIDDLEWARES = 'traefik.ingress.kubernetes.io/router.middlewares';
  const HEADERS = 'nginx.ingress.kubernetes.io/custom-headers';

  test('an Ingress: Traefik’s Middleware after the chart’s own, ingress-nginx’s headers unless it has its own', () => {
    expect(ingress(ALL)).toEqual({ [MIDDLEWARES]: `${NAMESPACE}-own@kubernetescrd`, [HEADERS]: `${NAMESPACE}/own` });
    const own = { [MIDDLEWARES]: 'prod-auth@kubernetescrd', [HEADERS]: 'prod/headers' };
    expect(ingress(ALL, own)).toEqual({
      [MIDDLEWARES]: `prod-auth@kubernetescrd,${NAMESPACE}-own@kubernetescrd`,
      [HEADERS]: 'prod/headers',
    });
  });

  test('an Ingress of which no front door is known to take it stays as it is', () => {
    expect(ingress({ filter: true }) ?? {}).toEqual({});
    expect(ingress(undefined) ?? {}).toEqual({});
  });

  test('an IngressRoute: the Middleware of each route, after its own', () => {
    const routes = [
      { match: 'Host(`a.example.com`)', kind: 'Rule', middlewares: [{ name: 'auth' }], services: [{ name: 'web', port: 80 }] },
    ];
    const spec = (noindex: NoIndex) => door('traefik.io/v1alpha1', 'IngressRoute', { routes: structuredClone(routes) }, noindex).spec;
    expect(spec(ALL).routes[0].middlewares).toEqual([{ name: 'auth' }, { name: 'own' }]);
    expect(spec({ filter: true }).routes[0].middlewares).toEqual([{ name: 'auth' }]);
  });

  test('an HTTPRoute: one filter in each rule, with what the chart sets', () => {
    const filter = { type: 'ResponseHeaderModifier', responseHeaderModifier: SET };
    const redirect = { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } };
    expect(route(ALL)).toEqual([filter]);
    expect(route(ALL, [redirect])).toEqual([redirect, filter]);
    const set = [
      { name: 'X-Own', value: '1' },
      { name: 'x-robots-tag', value: 'all' },
    ];
    const chart = { type: 'ResponseHeaderModifier', responseHeaderModifier: { set, remove: ['Server'] } };
    expect(route(ALL, [chart])).toEqual([
      { type: 'ResponseHeaderModifier', responseHeaderModifier: { set: [set[0], ...SET.set], remove: ['Server'] } },
    ]);
    expect(route({ ...ALL, filter: false })).toBeUndefined();
  });

  test('an HTTPProxy: what its routes set', () => {
    const spec = { virtualhost: { fqdn: 'a.example.com' }, routes: [{ services: [{ name: 'web', port: 80 }] }] };
    expect(door('projectcontour.io/v1', 'HTTPProxy', spec, ALL).spec.routes[0].responseHeadersPolicy).toEqual(SET);
  });
});
