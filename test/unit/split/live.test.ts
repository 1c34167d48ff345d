import { describe, expect, test } from '@jest/globals';
import {
  localTrafficRefusals,
  meshNamespaceRefusals,
  outsideClaimRefusals,
  outsideServiceRefusals,
  replacedObjects,
} from '../../../src/deploy/split/index.ts';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { config, deployment, hook, job, secret, service, split, statefulSet, texts, titles } from './helpers.ts';

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
      refused ? [expect.stringMatching(/Service\/other: is not of this chart and would send its users to Deployment\/web-blue/)] : [],
    );
  });
});

test('claims outside the chart are judged by what they are in the cluster', () => {
  const result = split([deployment('web', { spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'outside' } }] } })]);
  const claim = (mode: string) =>
    live({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'outside' }, spec: { accessModes: [mode] } });
  expect(outsideClaimRefusals(claim('ReadWriteOnce'), result)).toHaveLength(1);
  expect(outsideClaimRefusals(claim('ReadWriteMany'), result)).toHaveLength(0);
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

describe('objects whose immutable fields change have to go first', () => {
  const frozen = (data: object, immutable = true) => ({ ...config('c', data), ...(immutable ? { immutable } : {}) });
  test.each<[string, object, object, boolean]>([
    ["a Deployment's selector", deployment('web'), deployment('web', { labels: { app: 'new' } }), true],
    ["a Deployment's image", deployment('web'), deployment('web', { image: 'nginx:2' }), false],
    ["a Job's template", job('j'), job('j', { image: 'nginx:2' }), true],
    ["a Job's labels", job('j'), job('j', {}, { metadata: { labels: { a: 'b' } } }), false],
    ['an immutable ConfigMap', frozen({ A: '1' }), frozen({ A: '2' }), true],
    ['the same immutable ConfigMap', frozen({ A: '1' }), frozen({ A: '1' }), false],
    ['an immutable ConfigMap that is not any more', frozen({ A: '1' }), frozen({ A: '1' }, false), true],
    ['a ConfigMap that becomes immutable', frozen({ A: '1' }, false), frozen({ A: '2' }), false],
    ['a ConfigMap', config('c', { A: '1' }), config('c', { A: '2' }), false],
    ["a Secret's type", secret('s'), secret('s', { type: 'kubernetes.io/basic-auth' }), true],
    ["a Secret's default type", secret('s', { type: undefined }), secret('s'), false],
    ['another object', config('a'), deployment('web'), false],
    ['the same name in another namespace', job('j', {}, { metadata: { namespace: 'other' } }), job('j', { image: 'nginx:2' }), false],
  ])('%s', (_name, before, wanted, replaced) => {
    expect(titles(replacedObjects(live(before), live(wanted), 'todo'))).toHaveLength(replaced ? 1 : 0);
  });
});
