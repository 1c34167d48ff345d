import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { HPA, JOB, SECRET } from '../../../../src/deploy/kube/names.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { environment, runner } from '../../support/api.ts';
import { RELEASE } from '../../support/app.ts';
import { BaseApp } from '../../support/base-app.ts';
import { DEPLOYMENT } from '../../support/controllers.ts';
import { markOf, withHelmFault } from '../../support/helm-fault.ts';
import { Kubectl } from '../../support/kubectl.ts';
import { expectWayOut } from '../../support/way-out.ts';

// Each row deploys several times.
jest.setTimeout(300_000);

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
const EXTRA = `${RELEASE}-extra`;
const config = (name: string): KubernetesObject => ({ ...CONFIG_MAP, metadata: { name }, data: { more: 'yes' } });
const job: KubernetesObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'small-seed' },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'seed', image: 'registry.example/app:seed' }] } } },
};
const withServices = (...services: string[]) => ({ state: { services } });

let it: BaseApp;
let kubectl: Kubectl;
beforeEach(async () => {
  it = await BaseApp.create('leftovers');
  kubectl = new Kubectl(it.app);
});
afterEach(() => it.remove());

const lives = async (kind: { apiVersion: string; kind: string }, name: string) =>
  (await it.app.kubernetes.get({ ...kind, name })) !== undefined;
const statuses = async () =>
  (await it.app.kubernetes.list(SECRET, { labelSelector: `owner=helm,name=${RELEASE}` })).items
    .sort((a, b) => Number(a.metadata.labels?.version) - Number(b.metadata.labels?.version))
    .map(({ metadata }) => metadata.labels?.status);

describe('what a change that did not end has created, and no later version has', () => {
  test('of a color: a workload and a worker go with the next version there', async () => {
    for (const version of ['v1-good', 'v2-good']) await it.deploy(version, []);
    const more = { api: { port: 'http' }, worker: { quality: 'good' }, autoscaling: { enabled: true, minReplicas: 1 } };
    const lost = [['PATCH', /\/horizontalpodautoscalers\/small-web-blue$/]] as const;
    const { outcome } = await withHelmFault(it.app, lost, () => it.deploy('v3-good', [], undefined, more));
    expect(outcome).toMatchObject({ status: 'rolled-back', version: 'v2-good' });
    const workloads = [`${RELEASE}-api-blue`, `${RELEASE}-queue-blue`];
    expect(await Promise.all(workloads.map((name) => lives(DEPLOYMENT, name)))).toEqual([true, true]);
    const { outcome: next } = await it.deploy('v4-good', []);
    expect(next).toMatchObject({ status: 'deployed', version: 'v4-good', activeColor: 'blue' });
    expect(await Promise.all(workloads.map((name) => lives(DEPLOYMENT, name)))).toEqual([false, false]);
    await expectWayOut(it.app, 'v5-good');
  });

  test('of the base, by a run that was killed: it goes with the next version', async () => {
    await it.deploy('v1-good', []);
    const kill = { kind: 'kill', since: 'base', write: 3 } as const;
    const killed = () => it.deploy('v2-good', [config('small-more'), job], kill);
    expect(await withHelmFault(it.app, [markOf(RELEASE)], killed, { cut: true })).toMatchObject({ outcome: 'killed' });
    expect([await lives(CONFIG_MAP, 'small-more'), await lives(JOB, 'small-seed')]).toEqual([true, true]);
    await it.app.letLeaseExpire();
    expect((await it.deploy('v3-good', [])).outcome).toMatchObject({ status: 'deployed', version: 'v3-good' });
    expect([await lives(CONFIG_MAP, 'small-more'), await lives(JOB, 'small-seed')]).toEqual([false, false]);
    await expectWayOut(it.app, 'v4-good');
  });
});

describe('what no record names goes, and nothing else', () => {
  test('after the base was uninstalled, what its new record names stays', async () => {
    await it.deploy('v1-good', [job]);
    await runner.run({
      command: ['helm', 'uninstall', RELEASE, `--namespace=${it.app.namespace}`],
      env: environment,
      timeoutMs: 60_000,
    });
    expect(await lives(JOB, 'small-seed')).toBe(false);
    expect((await it.deploy('v2-good', [job])).outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect(await lives(JOB, 'small-seed')).toBe(true);
  });

  test('of a color, what a controller has made with the marks of what it was made for stays; what nobody has made goes', async () => {
    await it.deploy('v1-good', []);
    const { kubernetes, namespace } = it.app;
    const { metadata } = (await kubernetes.get({ ...DEPLOYMENT, name: `${RELEASE}-web-blue` })) ?? job;
    const annotations = { 'meta.helm.sh/release-name': `${RELEASE}-blue`, 'meta.helm.sh/release-namespace': namespace };
    const spec = { maxReplicas: 3, scaleTargetRef: { ...DEPLOYMENT, name: metadata.name } };
    const owner = { ...DEPLOYMENT, name: metadata.name, uid: metadata.uid ?? '', controller: true };
    const like = { labels: metadata.labels ?? {}, annotations };
    await kubernetes.create({ ...HPA, metadata: { ...like, name: 'keda-hpa-web', ownerReferences: [owner] }, spec });
    await kubernetes.create({ ...HPA, metadata: { ...like, name: 'left' }, spec });
    for (const version of ['v2-good', 'v3-good'])
      expect((await it.deploy(version, [])).outcome).toMatchObject({ status: 'deployed', version });
    expect([await lives(HPA, 'keda-hpa-web'), await lives(HPA, 'left')]).toEqual([true, false]);
  });
});

describe('Helm could not record how a change of the base ended, so that no revision of it counts as deployed', () => {
  test('when it was brought to its end: what the next version changes, and fails, goes back, and what serves stays', async () => {
    await it.deploy('v1-good', [config('small-old')]);
    // It is tried twice.
    const lost = [markOf(RELEASE, 3), markOf(RELEASE, 4)] as const;
    await withHelmFault(it.app, lost, () => it.deploy('v2-good', [], undefined, withServices('extra')));
    expect(await statuses()).toEqual(['superseded', 'superseded', 'superseded', 'pending-upgrade']);
    const { outcome } = await it.deploy('v3-sick', [config('small-more')], undefined, withServices('extra'));
    expect(outcome).toMatchObject({ status: 'rolled-back', version: 'v2-good' });
    expect(await kubectl.leads(EXTRA)).toBe('green');
    expect(await lives(CONFIG_MAP, 'small-more')).toBe(false);
    await expectWayOut(it.app, 'v4-good');
    expect(await lives(CONFIG_MAP, 'small-old')).toBe(false);
  });

  test('when it was taken back: a Service that serves is not removed before its users have moved', async () => {
    await it.deploy('v1-good', [], undefined, withServices('extra'));
    const lost = [markOf(RELEASE, 3)] as const;
    await withHelmFault(it.app, lost, () => it.deploy('v2-sick', [config('small-more')], undefined, withServices('extra')));
    const kill = { kind: 'kill', since: 'smoke', write: 1 } as const;
    expect((await it.deploy('v3-good', [], kill, withServices('other'))).outcome).toBe('killed');
    expect([await kubectl.leads(EXTRA), await kubectl.leads()]).toEqual(['blue', 'blue']);
    await expectWayOut(it.app, 'v4-good');
  });
});

test('a base that was taken back is recorded with each version that has it, so that Helm does not forget it', async () => {
  await it.deploy('v1-good', []);
  await it.deploy('v2-good', []);
  await it.deploy('v3-sick', [config('small-more')]);
  const { history } = await it.app.journal();
  expect(history.map(({ version, baseRevision }) => [version, baseRevision])).toEqual([
    ['v2-good', 3],
    ['v1-good', 3],
  ]);
  await expectWayOut(it.app, 'v4-good');
});
