import { describe, expect, test } from '@jest/globals';
import type { SplitInput } from '../../../../src/split/model.ts';
import { config, cronJob, deployment, hook, job, type Loose, service, split, statefulSet } from '../helpers.ts';

const ingress = (host: string) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'x' },
  spec: { rules: [{ host }] },
});
const hooks = (pre: string, post: string, tested: string) => [
  hook(job('pre', { image: pre }), 'pre-install,pre-upgrade'),
  hook(job('post', { image: post }), 'post-install'),
  hook(job('test', { image: tested }), 'test'),
];

const objects = {
  web: deployment('web', { image: 'registry.example.com/web:1', container: { envFrom: [{ configMapRef: { name: 'used' } }] } }) as object,
  worker: deployment('worker') as object,
  service: service('web') as object,
  used: config('used') as object,
  unused: config('unused') as object,
  database: statefulSet('db') as object,
  ingress: ingress('a.example.com') as object,
};
const images = [{ repository: 'registry.example.com/web', digest: 'sha256:1' }];

function hashes(change: Partial<typeof objects> = {}, options: Partial<SplitInput> = {}): [part: string, base: string] {
  const result = split(Object.values({ ...objects, ...change }), { images, hooks: hooks('a', 'b', 'c'), ...options });
  return [result.partHash, result.baseHash];
}

describe('hashes', () => {
  const [part, base] = hashes();

  test.each<[string, Partial<typeof objects>, Partial<SplitInput>, boolean, boolean]>([
    ['the color', {}, { color: 'green' }, false, false],
    ['the addresses', {}, { colorServiceIPs: { web: '10.96.0.1' } }, false, false],
    ['the commit', {}, { version: 'other' }, false, false],
    ["the app's history", {}, { firstDeploy: true }, false, false],
    ['the order of fields', { worker: Object.fromEntries(Object.entries(objects.worker).reverse()) }, {}, false, false],
    ["an image's digest", {}, { images: [{ repository: 'registry.example.com/web', digest: 'sha256:2' }] }, true, false],
    ['a ConfigMap that the color uses', { used: config('used', { KEY: 'new' }) }, {}, true, true],
    ['a ConfigMap that it does not', { unused: config('unused', { KEY: 'new' }) }, {}, false, true],
    ["a worker's replicas", { worker: deployment('worker', {}, { spec: { replicas: 5 } }) }, {}, true, false],
    ["a Service's port", { service: service('web', { ports: [{ name: 'http', port: 80, targetPort: 'http' }] }) }, {}, true, true],
    ["a Service's selector", { service: service('web', { selector: { app: 'worker' } }) }, {}, true, false],
    ['the stack', {}, { stack: 'active' }, true, false],
    ['a pre hook', {}, { hooks: hooks('new', 'b', 'c') }, false, true],
    ['a post hook', {}, { hooks: hooks('a', 'new', 'c') }, true, false],
    ['a test', {}, { hooks: hooks('a', 'b', 'new') }, true, false],
    ['the database', { database: statefulSet('db', { image: 'postgres:18' }) }, {}, false, true],
    ['the Ingress', { ingress: ingress('b.example.com') }, {}, false, true],
    ['a pull Secret', {}, { imagePullSecrets: ['pull'] }, true, false],
    ['one more CronJob', { unused: cronJob('nightly') }, {}, true, true],
  ])('%s', (_name, change, options, partChanges, baseChanges) => {
    const [newPart, newBase] = hashes(change, options);
    expect([newPart !== part, newBase !== base]).toEqual([partChanges, baseChanges]);
  });

  test('the pods carry the hash of their part', () => {
    const { colorObjects, partHash } = split([cronJob('nightly'), deployment('web')]);
    const seen = colorObjects.map(
      (object: Loose) => (object.spec.template ?? object.spec.jobTemplate.spec.template).metadata.annotations['todo-deploy.dev/part-hash'],
    );
    expect(seen).toEqual([partHash, partHash]);
  });
});
