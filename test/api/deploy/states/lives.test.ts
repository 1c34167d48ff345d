import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { HPA, SERVICE } from '../../../../src/deploy/kube/names.ts';
import type { KindRef } from '../../../../src/interfaces/kubernetes.ts';
import type { Workload } from '../../../../src/interfaces/objects.ts';
import { COLOR_LABEL } from '../../../../src/split/model.ts';
import { type App, RELEASE } from '../../support/app.ts';
import { DEPLOYMENT } from '../../support/controllers.ts';
import { Living, remarks } from '../../support/living.ts';
import { expectWayOut } from '../../support/way-out.ts';

const CRON_JOB: KindRef<Workload> = { apiVersion: 'batch/v1', kind: 'CronJob' };
const INGRESS: KindRef = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };
const CONFIG_MAP: KindRef = { apiVersion: 'v1', kind: 'ConfigMap' };
const WORKER = { ...DEPLOYMENT, name: `${RELEASE}-worker-blue` };

let living: Living;
let app: App;
beforeEach(async () => {
  living = await Living.create('lives');
  app = living.app;
});
afterEach(() => app.remove());

describe('something of the version that serves is not as it was deployed', () => {
  test('nothing is: the same version again has nothing to do', async () => {
    const { outcome, written } = await living.deploy('v1-good');
    expect(outcome).toMatchObject({ status: 'unchanged', version: 'v1-good' });
    expect(written).toEqual([]);
  });

  test('a person scaled the app up: that is what the load needs, and nothing to repair', async () => {
    await app.kubernetes.patch({ ...DEPLOYMENT, name: `${RELEASE}-web-blue` }, { spec: { replicas: 2 } }, { type: 'merge' });
    expect((await living.deploy('v1-good')).outcome).toMatchObject({ status: 'unchanged' });
    await expectWayOut(app, 'v2-good');
  });

  test('its worker was scaled to zero by hand', async () => {
    await app.kubernetes.patch(WORKER, { spec: { replicas: 0 } }, { type: 'merge' });
    await living.deployAgain(/Deployment\/small-worker-blue is scaled to 0; deployed with 1/);
    expect((await app.kubernetes.get({ ...WORKER, name: `${RELEASE}-worker-green` }))?.spec?.replicas).toBe(1);
    await expectWayOut(app, 'v2-good');
  });

  test('its CronJob was suspended by hand', async () => {
    await app.kubernetes.patch({ ...CRON_JOB, name: `${RELEASE}-report-blue` }, { spec: { suspend: true } }, { type: 'merge' });
    await living.deployAgain(/CronJob\/small-report-blue is suspended/);
    expect((await app.kubernetes.get({ ...CRON_JOB, name: `${RELEASE}-report-green` }))?.spec?.suspend).toBe(false);
    await expectWayOut(app, 'v2-good');
  });

  test('its image was changed by hand', async () => {
    const containers = [{ name: 'worker', image: 'registry.example/app:hotfix-good' }];
    await app.kubernetes.patch(WORKER, { spec: { template: { spec: { containers } } } }, { type: 'strategic' });
    await living.deployAgain(/Deployment\/small-worker-blue: container "worker" has the image registry.example\/app:hotfix-good/);
    await expectWayOut(app, 'v2-good');
  });

  test.each([
    ['its copy of a ConfigMap', { ...CONFIG_MAP, name: `${RELEASE}-settings-blue` }],
    ['its autoscaler', { ...HPA, name: `${RELEASE}-web-blue` }],
    ['its worker', WORKER],
  ])('%s was deleted', async (_, ref) => {
    await app.kubernetes.delete(ref);
    await living.deployAgain(new RegExp(`${ref.kind}/${ref.name} was deployed and is not there`));
    expect(await app.kubernetes.get({ ...ref, name: ref.name.replace('blue', 'green') })).toBeDefined();
    await expectWayOut(app, 'v2-good');
  });

  test('its color Service was deleted: it comes back at the address that its pods call', async () => {
    const ref = { ...SERVICE, name: `${RELEASE}-web-blue` };
    const address = (await app.kubernetes.get(ref))?.spec?.clusterIP;
    await app.kubernetes.delete(ref);
    const { outcome, log } = await living.deploy('v1-good');
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
    await living.deployAgain(/Deployment\/small-web-blue calls Service\/small-web-blue at /);
    await expectWayOut(app, 'v2-good');
  });

  test.each([
    ['the Ingress', { ...INGRESS, name: `${RELEASE}-web` }],
    ['a shared ConfigMap', { ...CONFIG_MAP, name: `${RELEASE}-settings` }],
  ])('%s was deleted', async (_, ref) => {
    await app.kubernetes.delete(ref);
    await living.deployAgain(new RegExp(`${ref.kind}/${ref.name} was deployed and is not there`));
    expect(await app.kubernetes.get(ref)).toBeDefined();
    await expectWayOut(app, 'v2-good');
  });

  test('a shared ConfigMap was deleted, where a hook of the chart runs with each deploy', async () => {
    const ref = { ...CONFIG_MAP, name: `${RELEASE}-settings` };
    living.more = { base: [{ ...CONFIG_MAP, metadata: { name: 'seed', annotations: { 'helm.sh/hook': 'pre-install,pre-upgrade' } } }] };
    expect((await living.deploy('v2-good')).outcome).toMatchObject({ status: 'deployed' });
    expect((await living.deploy('v2-good')).outcome).toMatchObject({ status: 'unchanged' });
    await app.kubernetes.delete(ref);
    const again = await living.deploy('v2-good');
    expect(again.outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect(remarks(again)).toContain(`ConfigMap/${RELEASE}-settings was deployed and is not there`);
    expect(await app.kubernetes.get(ref)).toBeDefined();
    await expectWayOut(app, 'v3-good');
  });

  test('the stable Service was deleted: users are led to the version that served as soon as it is there again', async () => {
    await app.kubernetes.delete({ ...SERVICE, name: `${RELEASE}-web` });
    const failed = await living.deploy('v2-sick');
    expect(failed.outcome).toMatchObject({ failureReason: 'smoke-failed', activeColor: 'blue', version: 'v1-good' });
    expect(await living.served()).toEqual({ color: 'blue', versions: ['v1-good'], active: 'blue' });
    await expectWayOut(app, 'v3-good');
  });

  test('a stable Service was led to nothing of ours', async () => {
    const selector = { 'app.kubernetes.io/component': 'web', [COLOR_LABEL]: null };
    await app.kubernetes.patch({ ...SERVICE, name: `${RELEASE}-web` }, { spec: { selector } }, { type: 'merge' });
    expect(remarks(await living.deploy('v1-good'))).toContain(`Service ${RELEASE}-web selected both colors: it selects blue again`);
    expect((await living.served()).color).toMatch(/blue|green/);
    await expectWayOut(app, 'v2-good');
  });
});
