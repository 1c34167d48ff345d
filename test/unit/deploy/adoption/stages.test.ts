import { expect, test } from '@jest/globals';
import { stagesOf } from '../../../../src/deploy/adoption/stages.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import type { Service } from '../../../../src/interfaces/objects.ts';

const service = (name: string, type?: 'NodePort'): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: name }, ...(type && { type }) },
});
const deployment = (name: string, env: Record<string, string> = {}, config?: string): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name,
            image: `example/${name}`,
            env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
            ...(config && { envFrom: [{ configMapRef: { name: config } }] }),
          },
        ],
      },
    },
  },
});
const config = (name: string, data: object): KubernetesObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
const ingress = (...names: string[]): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'todo' },
  spec: { rules: names.map((name) => ({ http: { paths: [{ backend: { service: { name, port: { number: 80 } } } }] } })) },
});
const httpRoute = (rules: object[]): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'todo' },
  spec: { rules },
});
const mirror = (name: string) => ({ type: 'RequestMirror', requestMirror: { backendRef: { name, port: 80 } } });
const [web, api, store] = [service('web'), service('api'), service('store')];
const stages = (services: Service[], ...objects: KubernetesObject[]) => Object.fromEntries(stagesOf(services, [...services, ...objects]));

test.each([
  ['nothing says who calls whom: all at once', [web, api], [deployment('web'), deployment('api')], { web: 0, api: 0 }],
  ['an address in the environment', [web, api], [deployment('web', { URL: 'http://api:8000' }), deployment('api')], { web: 0, api: 1 }],
  [
    'a chain, through a ConfigMap',
    [store, api, web],
    [
      deployment('web', {}, 'settings'),
      config('settings', { api: 'api.todo.svc' }),
      deployment('api', { STORE: 'store' }),
      deployment('store'),
    ],
    { web: 0, api: 1, store: 2 },
  ],
  [
    'part of another name is no name',
    [web, api],
    [deployment('web', { URL: 'http://the-api-2.example.com' }), deployment('api')],
    { web: 0, api: 0 },
  ],
  ['an Ingress leads to one of them', [web, api], [deployment('web'), deployment('api'), ingress('web')], { web: 0, api: 1 }],
  [
    'an Ingress leads to both, and one calls the other',
    [web, api],
    [deployment('web', { URL: 'http://api' }), deployment('api'), ingress('web', 'api')],
    { web: 0, api: 1 },
  ],
  [
    'an HTTPRoute leads to one of them, at no weight yet',
    [web, api],
    [deployment('web'), deployment('api'), httpRoute([{ backendRefs: [{ name: 'web', port: 80, weight: 0 }] }])],
    { web: 0, api: 1 },
  ],
  [
    'an HTTPRoute sends copies to one of them',
    [web, api],
    [deployment('web'), deployment('api'), httpRoute([{ filters: [mirror('api')], backendRefs: [{ name: 'web', port: 80 }] }])],
    { web: 0, api: 1 },
  ],
  ['one is open to the outside', [service('web', 'NodePort'), api], [deployment('web'), deployment('api')], { web: 0, api: 1 }],
  ['a circle ends', [web, api], [deployment('web', { URL: 'http://api' }), deployment('api', { BACK: 'http://web' })], expect.any(Object)],
])('%s', (_, services, objects, expected) => {
  expect(stages(services, ...objects)).toEqual(expected);
});
