import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { HPA, SECRET, SERVICE } from '../../../../src/deploy/kube/names.ts';
import type { KindRef, KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { COLOR_LABEL } from '../../../../src/split/model.ts';
import { withStatus } from '../../../../src/tools/helm/release-secret.ts';
import { kubeconfig, ROOT } from '../../support/api.ts';
import { App, type Ended, RELEASE } from '../../support/app.ts';
import { DEPLOYMENT } from '../../support/controllers.ts';
import { HELM3, HELM4, HELM4_CLIENT_SIDE, revisions, run, served, upgrade, type Way } from '../../support/plain.ts';
import { versionOf } from '../../support/pods.ts';
import { expectWayOut } from '../../support/way-out.ts';

const OWN = { 'app.kubernetes.io/name': 'small', 'app.kubernetes.io/instance': RELEASE, 'app.kubernetes.io/component': 'web' };

jest.setTimeout(120_000);

let app: App;
afterEach(() => app.remove());

/** An app that plain Helm runs. */
async function plain(name: string, way: Way, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  app = await App.create(name);
  await upgrade(app, way, 'v1-good', more);
}

/** Fails with the log, which says more than a comparison. */
function expectStatus({ outcome, log }: Pick<Ended, 'outcome' | 'log'>, status: string): void {
  if (outcome === 'killed') throw new Error(`Killed:\n${log.join('\n')}`);
  if (outcome.status !== status)
    throw new Error(`${outcome.status}: ${outcome.error?.message}\n${log.join('\n')}`, { cause: outcome.error });
}

const workload = (name: string) => app.kubernetes.get({ ...DEPLOYMENT, name });

/** Who wrote fields of it; its status is written by the controllers that are played here. */
const ownersOf = (object: KubernetesObject | undefined) =>
  object?.metadata.managedFields?.flatMap(({ manager, subresource }) => (subresource ? [] : [manager]));

/** Nothing of ours is left, and plain Helm goes on as if nothing had been. */
async function expectPlain(way: Way, version: string, before: readonly string[]): Promise<void> {
  expect(await app.selector()).toEqual(OWN);
  await served(app, version);
  const service = await app.kubernetes.get({ ...SERVICE, name: `${RELEASE}-web` });
  expect(ownersOf(service)).not.toContain('todo-deploy');
  const deployment = await workload(`${RELEASE}-web`);
  expect(deployment?.metadata.annotations?.['helm.sh/resource-policy']).toBeUndefined();
  expect(ownersOf(deployment)).not.toContain('todo-deploy');
  expect(await app.kubernetes.list(DEPLOYMENT)).toMatchObject({ items: [{ metadata: { name: `${RELEASE}-web` } }] });
  expect(await revisions(app, way.helm)).toEqual(before);
  expect((await app.journal()).inFlight).toBeUndefined();
}

describe.each([
  ['Helm 3', HELM3],
  ['Helm 4, client-side apply', HELM4_CLIENT_SIDE],
  ['Helm 4', HELM4],
])('an app that %s runs', (_, way) => {
  test('is blue-green with its first deploy, and its plain workloads are gone', async () => {
    await plain('adopt', way);
    const { outcome, log } = await app.deploy('v2-good');
    expectStatus({ outcome, log }, 'deployed');
    expect(outcome).toMatchObject({ status: 'deployed', activeColor: 'blue', version: 'v2-good', previousVersion: 'Helm revision 1' });
    expect(await app.selector()).toEqual({ ...OWN, [COLOR_LABEL]: 'blue' });
    expect(await workload(`${RELEASE}-web`)).toBeUndefined();
    expect(await app.journal()).toMatchObject({ active: 'blue', plain: { revision: 1 } });
    expect(await revisions(app)).toEqual(['1 superseded', '2 deployed']);
    await expectWayOut(app, 'v3-good');
  });

  test('is plain again where the version fails its checks, and helm upgrade and rollback work', async () => {
    await plain('adopt', way);
    const { outcome, log } = await app.deploy('v2-late');
    expectStatus({ outcome, log }, 'rolled-back');
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'smoke-failed', version: 'Helm revision 1' });
    await expectPlain(way, 'v1-good', ['1 deployed']);
    await upgrade(app, way, 'v1b-good');
    expect(await revisions(app, way.helm)).toEqual(['1 superseded', '2 deployed']);
    await expectWayOut(app, 'v3-good');
  });
});

describe.each([
  ['Helm 3', HELM3],
  ['Helm 4, client-side apply', HELM4_CLIENT_SIDE],
  ['Helm 4', HELM4],
])('an app that was taken over from %s', (_, way) => {
  test('is given back: the plain version serves, and nothing of ours is left', async () => {
    await plain('leave', way);
    await app.deploy('v2-good');
    await app.deploy('v3-good');
    const { outcome, log } = await app.toPlain();
    expectStatus({ outcome, log }, 'deployed');
    expect(outcome).toMatchObject({ version: 'Helm revision 1', previousVersion: 'v3-good', previousColor: 'green' });
    await expectPlain(way, 'v1-good', ['1 deployed']);
    expect(await app.journal()).toEqual({ schema: 1, release: RELEASE, history: [] });
    await upgrade(app, way, 'v4-good');
    expect(await revisions(app, way.helm)).toEqual(['1 superseded', '2 deployed']);
    await expectWayOut(app, 'v5-good');
  });
});

const HPA_REF = { ...HPA, name: `${RELEASE}-web` };
const BUDGET: KindRef = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' };
const CRON_JOB: KindRef = { apiVersion: 'batch/v1', kind: 'CronJob' };
const CONFIG_MAP: KindRef = { apiVersion: 'v1', kind: 'ConfigMap' };
const namesOf = async (kind: KindRef) => (await app.kubernetes.list(kind)).items.map(({ metadata }) => metadata.name).sort();
const suspended = async (name: string) => (await app.kubernetes.get({ ...CRON_JOB, name }))?.spec;
const FULL = { autoscaling: { enabled: true, minReplicas: 1 }, adoption: { greeting: 'hello' } };
const LATER = { autoscaling: { enabled: true, minReplicas: 1 }, adoption: { greeting: 'good morning', added: 'extra' } };

describe('what goes with an app that is taken over', () => {
  test('its autoscaler, budget and workers: as many pods as ran, workers in one version at a time, the old ones gone', async () => {
    await plain('whole', HELM4, FULL);
    await app.kubernetes.patch(
      { ...DEPLOYMENT, name: `${RELEASE}-web` },
      { spec: { replicas: 3 } },
      { type: 'merge', subresource: 'scale', fieldManager: 'hpa' },
    );
    await podsOf('v1-good', 3);
    const { outcome, log } = await app.deploy('v2-good', undefined, { values: app.values('v2-good', LATER) });
    expectStatus({ outcome, log }, 'deployed');
    expect(await app.replicas('blue')).toBe(3);
    expect(await namesOf(DEPLOYMENT)).toEqual([`${RELEASE}-web-blue`, `${RELEASE}-worker-blue`]);
    expect(await namesOf(HPA)).toEqual([`${RELEASE}-web-blue`]);
    expect(await namesOf(BUDGET)).toEqual([`${RELEASE}-web-blue`]);
    expect(await namesOf(CRON_JOB)).toEqual([`${RELEASE}-nightly-blue`]);
    expect(await suspended(`${RELEASE}-nightly-blue`)).toMatchObject({ suspend: false });
    expect((await workload(`${RELEASE}-worker-blue`))?.spec?.replicas).toBe(2);
    await app.toPlain();
    expect(await namesOf(DEPLOYMENT)).toEqual([`${RELEASE}-web`, `${RELEASE}-worker`]);
    expect((await workload(`${RELEASE}-web`))?.spec?.replicas).toBe(3);
    expect((await workload(`${RELEASE}-worker`))?.spec?.replicas).toBe(2);
    expect(await namesOf(HPA)).toEqual([`${RELEASE}-web`]);
    expect(await namesOf(BUDGET)).toEqual([`${RELEASE}-web`]);
    expect(await suspended(`${RELEASE}-nightly`)).not.toMatchObject({ suspend: true });
    expect(await namesOf(CONFIG_MAP)).toEqual([`${RELEASE}-settings`]);
    await expectWayOut(app, 'v3-good');
  });

  test('all of it is back where the version fails behind the front door', async () => {
    await plain('whole', HELM4, FULL);
    await app.kubernetes.patch(
      { ...DEPLOYMENT, name: `${RELEASE}-web` },
      { spec: { replicas: 3 } },
      { type: 'merge', subresource: 'scale', fieldManager: 'hpa' },
    );
    await podsOf('v1-good', 3);
    const { outcome, log } = await app.deploy('v2-late', undefined, { values: app.values('v2-late', LATER) });
    expectStatus({ outcome, log }, 'rolled-back');
    expect(await namesOf(DEPLOYMENT)).toEqual([`${RELEASE}-web`, `${RELEASE}-worker`]);
    expect((await workload(`${RELEASE}-web`))?.spec?.replicas).toBe(3);
    expect((await workload(`${RELEASE}-worker`))?.spec?.replicas).toBe(2);
    const hpa = await app.kubernetes.get(HPA_REF);
    expect(hpa?.spec?.minReplicas).toBe(1);
    expect(ownersOf(hpa)).not.toContain('todo-deploy');
    expect(hpa?.metadata.annotations?.['helm.sh/resource-policy']).toBeUndefined();
    expect(await suspended(`${RELEASE}-nightly`)).not.toMatchObject({ suspend: true });
    expect(await namesOf(CONFIG_MAP)).toEqual([`${RELEASE}-settings`]);
    expect((await app.kubernetes.get({ ...CONFIG_MAP, name: `${RELEASE}-settings` }))?.data).toEqual({ greeting: 'hello' });
    await upgrade(app, HELM4, 'v1b-good', FULL);
    await expectWayOut(app, 'v3-good');
  });
});

/** Waits until so many pods of a version are ready. */
async function podsOf(version: string, count: number): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; ) {
    const pods = (await app.serving()).filter((pod) => versionOf(pod) === version);
    if (pods.length === count) return;
    if (Date.now() > deadline) throw new Error(`${pods.length} pods of ${version} serve, not ${count}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const statusOf = ({ outcome }: Ended) => (outcome === 'killed' ? outcome : [outcome.status, outcome.failureReason, outcome.error?.message]);

describe('an app that is not taken over, and why', () => {
  test('the input adopt is false: nothing is touched', async () => {
    await plain('refuse', HELM4);
    const ended = await app.deploy('v2-good', undefined, { adopt: false });
    expect(statusOf(ended)).toEqual(['failed', 'configuration', expect.stringContaining('plain Helm runs revision 1 of it')]);
    expect(ended.written).toEqual([]);
    await expectWayOut(app, 'v3-good');
  });

  test('pods of two Deployments are behind one Service: nothing is touched', async () => {
    await plain('refuse', HELM4);
    const canary = { 'app.kubernetes.io/track': 'canary' };
    const web = await workload(`${RELEASE}-web`);
    const template = web?.spec?.template;
    await app.kubernetes.create({
      ...DEPLOYMENT,
      metadata: { name: 'canary' },
      spec: {
        selector: { matchLabels: canary },
        template: { ...template, metadata: { labels: { ...template?.metadata?.labels, ...canary } } },
      },
    } as KubernetesObject);
    await podsOf('v1-good', 2);
    const ended = await app.deploy('v2-good');
    await app.kubernetes.delete({ ...DEPLOYMENT, name: 'canary' });
    expect(statusOf(ended)).toEqual(['failed', 'configuration', expect.stringContaining('leads to pods of 2 versions or Deployments')]);
    expect(ended.written).toEqual([]);
    await podsOf('v1-good', 1);
    await expectWayOut(app, 'v3-good');
  });

  test.each([
    ['pending-upgrade', 'a run of helm is at work, or was killed'],
    ['failed', 'what runs is not what Helm recorded as deployed'],
  ])("its newest revision is %s: someone's helm is not interrupted", async (status, why) => {
    await plain('refuse', HELM4);
    await upgrade(app, HELM4, 'v1b-good');
    const secret = await app.kubernetes.get({ ...SECRET, name: `sh.helm.release.v1.${RELEASE}.v2` });
    if (!secret) throw new Error('Helm has no revision 2');
    await app.kubernetes.replace(withStatus(secret, status));
    const ended = await app.deploy('v2-good');
    expect(statusOf(ended)).toEqual(['failed', 'configuration', expect.stringContaining(why)]);
    expect(ended.written).toEqual([]);
    expect(await revisions(app)).toEqual(['1 superseded', `2 ${status}`]);
    await run(app, 'helm', ['rollback', RELEASE, '1']);
    await served(app, 'v1-good');
    await expectWayOut(app, 'v3-good');
  });
});

describe('an app that kubectl apply made', () => {
  async function applied(): Promise<void> {
    app = await App.create('kubectl');
    const values = `--set-json=image=${JSON.stringify({ repository: 'registry.example/app', tag: 'v1-good' })}`;
    const manifest = await run(app, 'helm', ['template', RELEASE, join(ROOT, 'test/charts/small'), values]);
    await run(app, 'kubectl', ['apply', '--filename=-', `--kubeconfig=${kubeconfig}`], manifest);
    await served(app, 'v1-good');
  }
  const asItWas = async () => {
    const service = await app.kubernetes.get({ ...SERVICE, name: `${RELEASE}-web` });
    const deployment = await workload(`${RELEASE}-web`);
    for (const object of [service, deployment]) {
      expect(object?.metadata.annotations?.['meta.helm.sh/release-name']).toBeUndefined();
      expect(ownersOf(object)).toEqual(expect.not.arrayContaining(['helm', 'todo-deploy']));
    }
    expect(service?.spec?.selector).toEqual(OWN);
    expect(await app.kubernetes.list(SECRET, { labelSelector: 'owner=helm' })).toMatchObject({ items: [] });
    await served(app, 'v1-good');
  };

  test('is taken over, and given back as kubectl made it', async () => {
    await applied();
    const before = await app.kubernetes.get({ ...SERVICE, name: `${RELEASE}-web` });
    const same = async () => {
      const now = await app.kubernetes.get({ ...SERVICE, name: `${RELEASE}-web` });
      expect([now?.metadata.uid, now?.spec?.clusterIP]).toEqual([before?.metadata.uid, before?.spec?.clusterIP]);
    };
    const { outcome, log } = await app.deploy('v2-good');
    expectStatus({ outcome, log }, 'deployed');
    expect(outcome).toMatchObject({ activeColor: 'blue', version: 'v2-good', previousVersion: 'what kubectl applied' });
    expect(await workload(`${RELEASE}-web`)).toBeUndefined();
    await same();
    const back = await app.toPlain();
    expectStatus(back, 'deployed');
    await same();
    expect(back.outcome).toMatchObject({ status: 'deployed', version: 'what kubectl applied' });
    await asItWas();
    await expectWayOut(app, 'v3-good');
  });

  test('is as kubectl made it where the version fails', async () => {
    await applied();
    const { outcome, log } = await app.deploy('v2-late');
    expectStatus({ outcome, log }, 'rolled-back');
    await asItWas();
    await expectWayOut(app, 'v3-good');
  });

  test('is refused where Argo CD looks after it, with what to do', async () => {
    await applied();
    const labels = { 'argocd.argoproj.io/instance': 'small' };
    await app.kubernetes.patch({ ...SERVICE, name: `${RELEASE}-web` }, { metadata: { labels } }, { type: 'merge' });
    const ended = await app.deploy('v2-good');
    expect(statusOf(ended)).toEqual(['failed', 'configuration', expect.stringContaining('is looked after by Argo CD')]);
    expect(ended.written).toEqual([]);
  });
});

describe('right after a takeover', () => {
  test('a rollback says that plain Helm ran it before, and how to go back there', async () => {
    await plain('after', HELM4);
    await app.deploy('v2-good');
    const { outcome } = await app.rollback('previous');
    if (outcome === 'killed') throw new Error('killed');
    expect(outcome.error?.hint).toContain('plain Helm ran this app (Helm revision 1), which no color holds: to: plain gives it back');
    await expectWayOut(app, 'v3-good');
  });

  test('a way back whose plain pods fail their checks leaves the color where it was', async () => {
    await plain('after', HELM4);
    await app.deploy('v2-good');
    const sick = {
      name: 'sick',
      path: '/',
      method: 'GET',
      status: [299],
      json: {},
      headers: {},
      requestHeaders: {},
      service: { name: `${RELEASE}-web` },
    };
    const { outcome } = await app.toPlain(undefined, [sick]);
    expect(outcome).toMatchObject({ status: 'rolled-back', version: 'v2-good', activeColor: 'blue', failureReason: 'smoke-failed' });
    expect(await namesOf(DEPLOYMENT)).toEqual([`${RELEASE}-web-blue`]);
    expect(await app.selector()).toMatchObject({ [COLOR_LABEL]: 'blue' });
    await expectWayOut(app, 'v3-good');
  });
});
