import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { helmFailure } from '../../../src/deploy/diagnosis/helm-errors.ts';
import { ProcessError } from '../../../src/interfaces/errors.ts';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import type { Reason } from '../../../src/interfaces/reasons.ts';
import { environment, runner, workplace } from '../support/api.ts';

const { namespace, folder, kubernetes } = workplace('refusals');

const meta = (name: string, more: object = {}) => ({ name, namespace, ...more });
const pods = (labels: object) => ({ metadata: { labels }, spec: { containers: [{ name: 'web', image: 'registry.example/web:1' }] } });
const deployment = (labels: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: meta('web'),
  spec: { selector: { matchLabels: labels }, template: pods(labels) },
});
const statefulSet = (serviceName: string) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: meta('db'),
  spec: { serviceName, selector: { matchLabels: { app: 'db' } }, template: pods({ app: 'db' }) },
});
const job = (image: string) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: meta('seed'),
  spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'seed', image }] } } },
});
const claim = (storageClassName: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: meta('data'),
  spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '1Mi' } } },
});
const binding = (role: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: meta('robot'),
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
  subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace }],
});
const settings = (data: object, more: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('settings'), data, ...more });
const service = (clusterIP: string | undefined) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta('api'),
  spec: { clusterIP, ports: [{ port: 80 }] },
});

/** Installs these objects as a chart. */
async function helm(release: string, objects: readonly object[]): Promise<void> {
  const chart = join(folder, release);
  mkdirSync(join(chart, 'templates'), { recursive: true });
  writeFileSync(join(chart, 'Chart.yaml'), JSON.stringify({ apiVersion: 'v2', name: release, version: '1.0.0' }));
  writeFileSync(join(chart, 'templates/all.yaml'), objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  const command: [string, ...string[]] = ['helm', 'upgrade', '--install', release, chart, `--namespace=${namespace}`];
  await runner.run({ command, env: environment, timeoutMs: 60_000 });
}

async function refusal(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProcessError)) throw new Error(`Helm did not fail: ${error}`);
  return helmFailure(error, 'the base', [], kubernetes);
}

describe('what the API server says to Helm is named, with the way out', () => {
  test.each<[string, object, object, Reason, RegExp]>([
    [
      'a selector',
      deployment({ app: 'web' }),
      deployment({ app: 'web', version: 'v2' }),
      'immutable-field',
      /kubectl delete deployment web --cascade=orphan/,
    ],
    ['a StatefulSet', statefulSet('db'), statefulSet('database'), 'immutable-field', /kubectl delete statefulset db --cascade=orphan/],
    ['a Job', job('registry.example/seed:1'), job('registry.example/seed:2'), 'immutable-field', /kubectl delete job seed;/],
    ['a claim', claim('slow'), claim('fast'), 'immutable-field', /A claim can grow/],
    ['a binding', binding('reader'), binding('writer'), 'immutable-field', /kubectl delete rolebinding robot/],
    [
      'settings that are immutable',
      settings({ a: '1' }, { immutable: true }),
      settings({ a: '2' }, { immutable: true }),
      'immutable-field',
      /a name of its own in each version/,
    ],
    ['the address of a Service', service(undefined), service('None'), 'immutable-field', /which users notice/],
  ])('%s that never changes', async (what, before, after, reason, hint) => {
    const release = `never-${what.replaceAll(/\W+/g, '-').toLowerCase()}`;
    await helm(release, [before]);
    expect(await refusal(helm(release, [after]))).toMatchObject({ reason, hint: expect.stringMatching(hint) });
    await runner.run({ command: ['helm', 'uninstall', release, `--namespace=${namespace}`], env: environment, timeoutMs: 60_000 });
  });

  const budget = { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget', metadata: meta('web'), spec: { minAvailable: 1 } };
  const monitor = { apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor', metadata: meta('web'), spec: {} };
  test.each<[string, object, Reason, RegExp]>([
    ['an API version that was removed', budget, 'api-removed', /write apiVersion: policy\/v1/],
    ['a kind that is not installed', monitor, 'kind-unknown', /Install the operator that defines ServiceMonitor/],
  ])('%s', async (_, object, reason, hint) => {
    expect(await refusal(helm('kinds', [object]))).toMatchObject({ reason, hint: expect.stringMatching(hint) });
  });

  test('an object of another release, and one of kubectl', async () => {
    await helm('one', [settings({ a: '1' })]);
    expect(await refusal(helm('other', [settings({ a: '2' })]))).toMatchObject({ reason: 'owned-by-others' });
    await kubernetes.create({ ...settings({}), metadata: meta('by-hand') } as KubernetesObject);
    expect(await refusal(helm('third', [{ ...settings({}), metadata: meta('by-hand') }]))).toMatchObject({ reason: 'owned-by-others' });
  });
});
