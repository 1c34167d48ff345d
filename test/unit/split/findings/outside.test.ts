import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import {
  claimsOfOneNode,
  localTrafficRefusals,
  meshNamespaceRefusals,
  outsideClaims,
  outsideServiceRefusals,
} from '../../../../src/split/index.ts';
import { deployment, hook, job, service, split, statefulSet, texts } from '../helpers.ts';

const live = (...objects: object[]) => objects as KubernetesObject[];

describe('Services outside the chart', () => {
  const result = split([deployment('web'), statefulSet('db'), service('web'), service('db')], {
    hooks: [hook(job('t', { labels: { app: 'test' } }), 'test')],
  });
  test.each<[string, object, boolean]>([
    ['would select pods of the color', service('other', { selector: { app: 'web' } }), true],
    ['ask for a port that no pod has', service('other', { selector: { app: 'web' }, ports: [{ port: 1, targetPort: 'grpc' }] }), false],
    ['select other pods', service('other', { selector: { app: 'db' } }), false],
    ['select a hook of the color', service('other', { selector: { app: 'test' } }), false],
    ['name the color that they mean', service('other', { selector: { app: 'web', 'todo-deploy.dev/color': 'blue' } }), false],
    ["are the chart's", service('web'), false],
    ['are ours', service('web-green', { selector: { app: 'web' } }), false],
  ])('that %s', (_name, object, refused) => {
    expect(texts(outsideServiceRefusals(live(object), result))).toEqual(
      refused ? [expect.stringMatching(/Service\/other: is not part of this chart and would send its users to Deployment\/web-blue/)] : [],
    );
  });
});

test('claims outside the chart are judged by what they are in the cluster', () => {
  const objects = [deployment('web', { spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'outside' } }] } })];
  const result = split(objects);
  const claim = (mode: string) =>
    live({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'outside' }, spec: { accessModes: [mode] } });
  expect(outsideClaims(result)).toEqual(['outside']);
  expect(claimsOfOneNode(claim('ReadWriteMany'))).toEqual([]);
  const known = split(objects, { claimsOfOneNode: claimsOfOneNode(claim('ReadWriteOnce')) });
  expect(texts(known.inPlace)).toEqual([expect.stringMatching(/^Deployment\/web: mounts the claim outside, which only one node/)]);
});

test.each([
  [
    'Local',
    ['a', 'b', 'b'],
    ['a'],
    ['Service/web: has externalTrafficPolicy: Local, and b would have no pod of the new version: its traffic would be lost'],
  ],
  ['Local', ['a'], ['a', 'b'], []],
  ['Cluster', ['a', 'b'], ['a'], []],
])('externalTrafficPolicy %s with old pods on %j and new ones on %j', (policy, old, fresh, expected) => {
  const [object] = live(service('web', { type: 'NodePort', externalTrafficPolicy: policy }));
  expect(texts(localTrafficRefusals(object as KubernetesObject, { old, new: fresh }))).toEqual(expected);
});

test.each([
  [{ 'istio-injection': 'enabled' }, 'own', 1],
  [{ 'istio.io/rev': 'stable' }, 'own', 1],
  [{ 'istio-injection': 'enabled' }, 'active', 0],
  [{ 'istio-injection': 'disabled' }, 'own', 0],
] as const)('a namespace with %j and stack %s', (labels, stack, count) => {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'todo', labels } } as unknown as KubernetesObject;
  expect(meshNamespaceRefusals(namespace, stack)).toHaveLength(count);
});
