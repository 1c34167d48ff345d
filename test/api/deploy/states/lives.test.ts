import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeployOutcome } from '../../../../src/deploy/index.ts';
import { HPA, SERVICE } from '../../../../src/deploy/kube/names.ts';
import type { KindRef } from '../../../../src/interfaces/kubernetes.ts';
import type { Workload } from '../../../../src/interfaces/objects.ts';
import { COLOR_LABEL } from '../../../../src/split/model.ts';
import { environment, runner } from '../../support/api.ts';
import { App, type Ended, RELEASE } from '../../support/app.ts';
import { DEPLOYMENT } from '../../support/controllers.ts';
import { versionOf } from '../../support/pods.ts';
import { expectWayOut } from '../../support/way-out.ts';

const CRON_JOB: KindRef<Workload> = { apiVersion: 'batch/v1', kind: 'CronJob' };
const INGRESS: KindRef = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };
const CONFIG_MAP: KindRef = { apiVersion: 'v1', kind: 'ConfigMap' };
const WORKER = { ...DEPLOYMENT, name: `${RELEASE}-worker-blue` };

let app: App;
beforeEach(async () => {
  app = await App.create('lives');
  expect((await deploy('v1-good')).outcome).toMatchObject({ status: 'deployed', activeColor: 'blue' });
});
afterEach(() => app.remove());

const deploy = (version: string): Promise<Ended> =>
  app.deploy(version, undefined, { values: app.values(version, { lives: true, autoscaling: { enabled: true, minReplicas: 1 } }) });
const uninstall = (...releases: string[]) =>
  runner.run({ command: ['helm', 'uninstall', ...releases, `--namespace=${app.namespace}`], env: environment, timeoutMs: 60_000 });
const served = async () => ({
  color: (await app.selector())?.[COLOR_LABEL],
  versions: (await app.serving()).map(versionOf),
  active: (await app.journal()).active,
});
const remarks = ({ outcome }: Ended): string => (outcome === 'killed' ? '' : outcome.report.notes.join('\n'));

/** The same version again is no news to Git, but it is to the cluster: it is deployed, and what was gone is there. */
async function deployAgain(what: RegExp): Promise<Ended> {
  const again = await deploy('v1-good');
  expect(again.outcome).toMatchObject({ status: 'deployed', version: 'v1-good' });
  expect(remarks(again)).toMatch(what);
  expect(await served()).toEqual({ color: 'green', versions: ['v1-good'], active: 'green' });
  return again;
}

/** Nothing is left of what served before: only what serves from now on can be gone back to. */
async function deployAnew(): Promise<void> {
  expect((await deploy('v3-good')).outcome).toMatchObject({ status: 'deployed', version: 'v3-good' });
  await expectWayOut(app, 'v4-good');
}

describe('something of the version that serves is not as it was deployed', () => {
  test('nothing is: the same version again has nothing to do', async () => {
    const { outcome, written } = await deploy('v1-good');
    expect(outcome).toMatchObject({ status: 'unchanged', version: 'v1-good' });
    expect(written).toEqual([]);
  });

  test('a person scaled the app up: that is what the load needs, and nothing to repair', async () => {
    await app.kubernetes.patch({ ...DEPLOYMENT, name: `${RELEASE}-web-blue` }, { spec: { replicas: 2 } }, { type: 'merge' });
    expect((await deploy('v1-good')).outcome).toMatchObject({ status: 'unchanged' });
    await expectWayOut(app, 'v2-good');
  });

  test('its worker was scaled to zero by hand', async () => {
    await app.kubernetes.patch(WORKER, { spec: { replicas: 0 } }, { type: 'merge' });
    await deployAgain(/Deployment\/small-worker-blue is scaled to 0; deployed with 1/);
    expect((await app.kubernetes.get({ ...WORKER, name: `${RELEASE}-worker-green` }))?.spec?.replicas).toBe(1);
    await expectWayOut(app, 'v2-good');
  });

  test('its CronJob was suspended by hand', async () => {
    await app.kubernetes.patch({ ...CRON_JOB, name: `${RELEASE}-report-blue` }, { spec: { suspend: true } }, { type: 'merge' });
    await deployAgain(/CronJob\/small-report-blue is suspended/);
    expect((await app.kubernetes.get({ ...CRON_JOB, name: `${RELEASE}-report-green` }))?.spec?.suspend).toBe(false);
    await expectWayOut(app, 'v2-good');
  });

  test('its image was changed by hand', async () => {
    const containers = [{ name: 'worker', image: 'registry.example/app:hotfix-good' }];
    await app.kubernetes.patch(WORKER, { spec: { template: { spec: { containers } } } }, { type: 'strategic' });
    await deployAgain(/Deployment\/small-worker-blue: container "worker" has the image registry.example\/app:hotfix-good/);
    await expectWayOut(app, 'v2-good');
  });

  test.each([
    ['its copy of a ConfigMap', { ...CONFIG_MAP, name: `${RELEASE}-settings-blue` }],
    ['its autoscaler', { ...HPA, name: `${RELEASE}-web-blue` }],
    ['its worker', WORKER],
  ])('%s was deleted', async (_, ref) => {
    await app.kubernetes.delete(ref);
    await deployAgain(new RegExp(`${ref.kind}/${ref.name} was deployed and is not there`));
    expect(await app.kubernetes.get({ ...ref, name: ref.name.replace('blue', 'green') })).toBeDefined();
    await expectWayOut(app, 'v2-good');
  });

  test('its color Service was deleted: it comes back at the address that its pods call', async () => {
    const ref = { ...SERVICE, name: `${RELEASE}-web-blue` };
    const address = (await app.kubernetes.get(ref))?.spec?.clusterIP;
    await app.kubernetes.delete(ref);
    const { outcome, log } = await deploy('v1-good');
    expect(log.join('\n')).toContain('Service small-web-blue was gone: it is there again');
    expect(outcome).toMatchObject({ status: 'unchanged' });
    expect((await app.kubernetes.get(ref))?.spec?.clusterIP).toBe(address);
  });

  test('its color Service was deleted and made anew: its pods call an address that nobody answers', async () => {
    const ref = { ...SERVICE, name: `${RELEASE}-web-blue` };
    const { apiVersion, kind, metadata, spec } = (await app.kubernetes.get(ref)) ?? {};
    await app.kubernetes.delete(ref);
    const { name = '', labels = {} } = metadata ?? {};
    // The address is given to whoever asks first.
    await app.kubernetes.create({ ...SERVICE, metadata: { name: 'squatter' }, spec: { clusterIP: spec?.clusterIP, ports: [{ port: 1 }] } });
    const again = { metadata: { name, labels }, spec: { selector: spec?.selector, ports: spec?.ports } };
    await app.kubernetes.create({ apiVersion, kind, ...again } as never);
    await deployAgain(/Deployment\/small-web-blue calls Service\/small-web-blue at /);
    await expectWayOut(app, 'v2-good');
  });

  test.each([
    ['the Ingress', { ...INGRESS, name: `${RELEASE}-web` }],
    ['a shared ConfigMap', { ...CONFIG_MAP, name: `${RELEASE}-settings` }],
  ])('%s was deleted', async (_, ref) => {
    await app.kubernetes.delete(ref);
    await deployAgain(new RegExp(`${ref.kind}/${ref.name} was deployed and is not there`));
    expect(await app.kubernetes.get(ref)).toBeDefined();
    await expectWayOut(app, 'v2-good');
  });

  test('the stable Service was deleted: users are led to the version that served as soon as it is there again', async () => {
    await app.kubernetes.delete({ ...SERVICE, name: `${RELEASE}-web` });
    const failed = await deploy('v2-sick');
    expect(failed.outcome).toMatchObject({ failureReason: 'smoke-failed', activeColor: 'blue', version: 'v1-good' });
    expect(await served()).toEqual({ color: 'blue', versions: ['v1-good'], active: 'blue' });
    await expectWayOut(app, 'v3-good');
  });

  test('a stable Service was led to nothing of ours', async () => {
    const selector = { 'app.kubernetes.io/component': 'web', [COLOR_LABEL]: null };
    await app.kubernetes.patch({ ...SERVICE, name: `${RELEASE}-web` }, { spec: { selector } }, { type: 'merge' });
    expect(remarks(await deploy('v1-good'))).toContain(`Service ${RELEASE}-web selected both colors: it selects blue again`);
    expect((await served()).color).toMatch(/blue|green/);
    await expectWayOut(app, 'v2-good');
  });
});

describe('a release was uninstalled', () => {
  test('the base: it comes back, and users with it', async () => {
    await uninstall(RELEASE);
    expect(await app.selector()).toBeUndefined();
    await deployAgain(/Service small-web was gone: it selects blue again[\s\S]*Ingress\/small-web was deployed and is not there/);
    await expectWayOut(app, 'v2-good');
  });

  test('the base, and the next version fails: the one that served serves again', async () => {
    await uninstall(RELEASE);
    const { outcome } = await deploy('v2-sick');
    expect(outcome).toMatchObject({ failureReason: 'smoke-failed', activeColor: 'blue', version: 'v1-good' });
    expect(await served()).toEqual({ color: 'blue', versions: ['v1-good'], active: 'blue' });
    await expectWayOut(app, 'v3-good');
  });

  test('the color that serves: nobody is served, so nobody has to be protected', async () => {
    await uninstall(`${RELEASE}-blue`);
    await deployAgain(/nobody is served/i);
    await expectWayOut(app, 'v2-good');
  });

  test('the color that serves, and the next version fails: the run does not say that users were put back', async () => {
    await uninstall(`${RELEASE}-blue`);
    const { outcome } = await deploy('v2-sick');
    expect(outcome).toMatchObject({ status: 'failed', failureReason: 'smoke-failed', rolledBack: false });
    const { activeColor, version } = outcome as DeployOutcome;
    expect([activeColor, version]).toEqual([undefined, undefined]);
    await deployAnew();
  });

  test('the color that serves, and the next version fails under traffic', async () => {
    await uninstall(`${RELEASE}-blue`);
    const { outcome } = await deploy('v2-late');
    expect(outcome).toMatchObject({ status: 'failed', failureReason: 'smoke-failed', rolledBack: false });
    await deployAnew();
  });

  test('the color that rests: a rollback to it says that its record is gone, a deploy goes on', async () => {
    expect((await deploy('v2-good')).outcome).toMatchObject({ status: 'deployed', activeColor: 'green' });
    await uninstall(`${RELEASE}-blue`);
    expect((await app.rollback('previous')).outcome).toMatchObject({ status: 'failed', version: 'v2-good' });
    expect((await deploy('v2-good')).outcome).toMatchObject({ status: 'unchanged' });
    await expectWayOut(app, 'v3-good');
  });

  test('all three', async () => {
    expect((await deploy('v2-good')).outcome).toMatchObject({ status: 'deployed', activeColor: 'green' });
    await uninstall(RELEASE, `${RELEASE}-blue`, `${RELEASE}-green`);
    const { outcome } = await deploy('v2-good');
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect((await served()).versions).toEqual(['v2-good']);
    await expectWayOut(app, 'v3-good');
  });
});
