import { describe, expect, test } from '@jest/globals';
import { View } from '../../../../src/deploy/kube/watch.ts';
import { routeProblem } from '../../../../src/deploy/traffic/routes.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';

const labels = (color: string) => ({ app: 'web', 'todo-deploy.dev/color': color });
const pod = (name: string, color: string, ready = true) => ({
  kind: 'Pod',
  metadata: { name, labels: labels(color) },
  spec: { containers: [{ name: 'web', ports: [{ name: 'http', containerPort: 8080 }] }] },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});
const slice = (...pods: string[]) => ({
  kind: 'EndpointSlice',
  metadata: { name: 'web-x', labels: { 'kubernetes.io/service-name': 'web' } },
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  endpoints: pods.map((name) => ({ conditions: { ready: true }, targetRef: { kind: 'Pod', name } })),
});
const problem = (...objects: object[]) => {
  const view = new View();
  const ports = [{ name: 'http', port: 80, targetPort: 'http' }];
  view.take({ type: 'ADDED', object: { kind: 'Service', metadata: { name: 'web' }, spec: { ports } } as unknown as KubernetesObject });
  for (const object of objects) view.take({ type: 'ADDED', object: object as KubernetesObject });
  return routeProblem(view, { service: 'web', selector: labels('green') });
};

describe('a route is proved when its endpoints are exactly the ready pods', () => {
  test.each<[string, string | undefined, object[]]>([
    ['exactly', undefined, [pod('g1', 'green'), pod('g2', 'green'), pod('b1', 'blue'), slice('g1', 'g2')]],
    ['one is missing', 'Service web lacks g2', [pod('g1', 'green'), pod('g2', 'green'), slice('g1')]],
    ['an old one is still there', 'Service web still has b1', [pod('g1', 'green'), pod('b1', 'blue'), slice('g1', 'b1')]],
    ['a pod that is not ready takes no traffic', undefined, [pod('g1', 'green'), pod('g2', 'green', false), slice('g1')]],
    ['a port is missing', 'Service web lacks port http of g1', [pod('g1', 'green'), { ...slice('g1'), ports: [] }]],
    [
      'a pod without that port',
      undefined,
      [
        { ...pod('g1', 'green'), spec: {} },
        { ...slice('g1'), ports: [] },
      ],
    ],
    ['nothing at all', 'Service web: no ready pod', []],
    [
      'endpoints of another Service',
      'Service web lacks g1',
      [pod('g1', 'green'), { ...slice('g1'), metadata: { name: 'y', labels: { 'kubernetes.io/service-name': 'api' } } }],
    ],
  ])('%s', (_, expected, objects) => expect(problem(...objects)).toBe(expected));
});
