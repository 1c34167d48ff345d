import { expect, test } from '@jest/globals';
import { changedShared } from '../../../../src/deploy/base/touched.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';

const object = (kind: string, name: string, image: string): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name },
  spec: { template: { spec: { containers: [{ name, image }] } } },
});
const part = (...objects: KubernetesObject[]) => ({
  chart: { name: 'todo', version: '1.0.0' },
  templates: Object.fromEntries(objects.map((one, index) => [`${index}.json`, JSON.stringify(one)])),
});
const shared = [
  { kind: 'StatefulSet' as const, name: 'db' },
  { kind: 'Deployment' as const, name: 'cache' },
];
const wanted = [object('StatefulSet', 'db', 'postgres:17'), object('Deployment', 'cache', 'redis:8')];

test.each([
  ['nothing', part(...wanted), []],
  ['one of them', part(object('StatefulSet', 'db', 'postgres:16'), object('Deployment', 'cache', 'redis:8')), [shared[0]]],
  ['one that is new', part(object('StatefulSet', 'db', 'postgres:17')), [shared[1]]],
  ['all, where nothing is recorded', undefined, shared],
])('shared workloads that a version changes: %s', (_, before, expected) => {
  expect(changedShared(shared, wanted, before)).toEqual(expected);
});
