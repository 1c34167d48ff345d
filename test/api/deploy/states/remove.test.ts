import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { journalName, LEASE, leaseName, PERSISTENT_VOLUME_CLAIM, SECRET, SERVICE } from '../../../../src/deploy/kube/names.ts';
import type { DeployOptions } from '../../../../src/deploy/run/options.ts';
import type { KindRef } from '../../../../src/interfaces/kubernetes.ts';
import { COLOR_LABEL } from '../../../../src/split/model.ts';
import { environment, ROOT, runner } from '../../support/api.ts';
import { App, type Ended, RELEASE } from '../../support/app.ts';
import { DEPLOYMENT } from '../../support/controllers.ts';
import { expectWayOut } from '../../support/way-out.ts';

const KINDS: readonly KindRef[] = [
  DEPLOYMENT,
  SERVICE,
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'batch/v1', kind: 'CronJob' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
  LEASE,
  SECRET,
];
const CLAIM = { ...PERSISTENT_VOLUME_CLAIM, name: `${RELEASE}-files` };
const CONFIG_MAP: KindRef = { apiVersion: 'v1', kind: 'ConfigMap' };

let app: App;
beforeEach(async () => {
  app = await App.create('remove');
});
afterEach(() => app.remove());

const deploy = (version: string, more: Partial<DeployOptions> = {}): Promise<Ended> =>
  app.deploy(version, undefined, { values: app.values(version, { lives: true }), ...more });
const deployTwice = async () => {
  for (const version of ['v1-good', 'v2-good']) expect((await deploy(version)).outcome).toMatchObject({ status: 'deployed' });
};
const helm = (...args: string[]) =>
  runner.run({ command: ['helm', ...args, `--namespace=${app.namespace}`], env: environment, timeoutMs: 60_000 });
/** Names of everything in the namespace but what the API server itself keeps there. */
const left = async (): Promise<string[]> => {
  const lists = await Promise.all(KINDS.map(async (kind) => (await app.kubernetes.list(kind)).items.map(({ metadata }) => metadata.name)));
  return lists.flat().filter((name) => name !== 'kube-root-ca.crt');
};
const uid = async () => (await app.kubernetes.get(CLAIM))?.metadata.uid;

describe('an app is removed', () => {
  test('whole: nothing of it is left but what holds data, and nothing of others goes', async () => {
    await deployTwice();
    await app.kubernetes.create({ ...CONFIG_MAP, metadata: { name: `${RELEASE}-notes` }, data: {} });
    const claim = await uid();

    const plan = await app.takeAway({ dryRun: true });
    expect(plan.outcome).toMatchObject({ status: 'planned' });
    expect(plan.written).toEqual([]);

    const { outcome } = await app.takeAway();
    const { removed, kept } = plan.outcome as { removed: string[]; kept: string[] };
    expect(outcome).toMatchObject({ status: 'removed', kept });
    expect((outcome as typeof plan.outcome & { removed: string[] }).removed).toEqual(removed);
    const steps = [
      '^Ingress/small-web',
      'release small-(blue|green)',
      'release small:',
      '^Service/small-web',
      ', the journal',
      ', the lease',
    ];
    const places = steps.map((step) => removed.findIndex((line) => new RegExp(step).test(line)));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(kept.join('\n')).toMatch(/PersistentVolumeClaim\/small-files: it holds data/);
    expect(await left()).toEqual([`${RELEASE}-notes`]);
    expect(await uid()).toBe(claim);

    expect((await app.takeAway()).outcome).toMatchObject({ status: 'nothing' });
    expect((await deploy('v3-good')).outcome).toMatchObject({ status: 'deployed', previousVersion: undefined });
    expect(await uid()).toBe(claim);
    await expectWayOut(app, 'v4-good');
  });

  test('with its claims', async () => {
    await deployTwice();
    const { outcome } = await app.takeAway({ claims: true });
    expect((outcome as { kept: string[] }).kept.join()).not.toContain('PersistentVolumeClaim');
    const claim = await app.kubernetes.get(CLAIM);
    // Nobody is here who would end its protection.
    expect(claim === undefined || claim.metadata.deletionTimestamp !== undefined).toBe(true);
  });

  test('the Secrets of its deploys stay, unless asked for and unless others write to them', async () => {
    await app.kubernetes.create({ ...SECRET, metadata: { name: 'theirs' }, data: { user: 'YWRh' } });
    const secrets = ['ours', 'theirs'].map((name) => ({ name, key: 'password', value: 'canary-secret' }));
    expect((await deploy('v1-good', { secrets })).outcome).toMatchObject({ status: 'deployed' });
    const seen = await app.takeAway({ dryRun: true });
    expect((seen.outcome as { kept: string[] }).kept).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Secret\/ours: of the input/), 'Secret/theirs: others write to it, too']),
    );
    await app.takeAway({ secrets: true });
    expect(await left()).toEqual(['theirs']);
  });

  test('after its base was uninstalled by hand', async () => {
    await deployTwice();
    await helm('uninstall', RELEASE, '--no-hooks');
    expect((await app.takeAway()).outcome).toMatchObject({ status: 'removed' });
    expect(await left()).toEqual([]);
  });

  test('after a deploy of it failed for the first time', async () => {
    expect((await deploy('v1-crashes')).outcome).toMatchObject({ status: 'failed' });
    expect((await app.takeAway()).outcome).toMatchObject({ status: 'removed' });
    expect(await left()).toEqual([]);
    await expectWayOut(app, 'v2-good');
  });

  test.each([1, 3, 5, 7, 9, 11])('and killed at write %i: the next removal finishes it', async (write) => {
    await deployTwice();
    const claim = await uid();
    expect((await app.takeAway({}, { kind: 'kill', write })).outcome).toBe('killed');
    await app.letLeaseExpire();
    expect((await app.takeAway()).outcome).toMatchObject({ status: 'removed' });
    expect(await left()).toEqual([]);
    expect(await uid()).toBe(claim);
  });

  test.each([2, 4, 6, 8])('and killed at write %i: a deploy brings it back', async (write) => {
    await deployTwice();
    expect((await app.takeAway({}, { kind: 'kill', write })).outcome).toBe('killed');
    await app.letLeaseExpire();
    expect((await deploy('v3-good')).outcome).toMatchObject({ status: 'deployed', version: 'v3-good' });
    expect((await app.selector())?.[COLOR_LABEL]).toBe((await app.journal()).active);
    await expectWayOut(app, 'v4-good');
  });
});

describe('an app is not removed', () => {
  test('while a deploy is at work', async () => {
    await deployTwice();
    const spec = { holderIdentity: 'someone', leaseDurationSeconds: 30, renewTime: `${new Date().toISOString().slice(0, -1)}000Z` };
    await app.kubernetes.patch({ ...LEASE, name: leaseName(RELEASE) }, { spec }, { type: 'merge' });
    await expect(app.takeAway({ timeoutMs: 1_000 })).rejects.toMatchObject({ reason: 'locked' });
    expect((await app.serving()).length).toBe(1);
    await expectWayOut(app, 'v3-good');
  });

  test('where plain Helm made it', async () => {
    await helm('install', RELEASE, join(ROOT, 'test/charts/small'));
    await expect(app.takeAway()).rejects.toMatchObject({ reason: 'configuration', hint: expect.stringContaining('helm uninstall small') });
    expect(await app.kubernetes.get({ ...DEPLOYMENT, name: `${RELEASE}-web` })).toBeDefined();
  });

  test('where somebody else owns an object of its releases by now', async () => {
    await deployTwice();
    const settings = { ...CONFIG_MAP, name: `${RELEASE}-settings` };
    await app.kubernetes.patch(settings, { metadata: { annotations: { 'meta.helm.sh/release-name': 'other' } } }, { type: 'merge' });
    await expect(app.takeAway()).rejects.toThrow(/ConfigMap\/small-settings belongs to the Helm release "other"/);
    await app.kubernetes.patch(settings, { metadata: { annotations: { 'meta.helm.sh/release-name': RELEASE } } }, { type: 'merge' });
    await expectWayOut(app, 'v3-good');
  });

  test('while a Service of others leads to its pods', async () => {
    await deployTwice();
    const selector = await app.selector();
    await app.kubernetes.create({ ...SERVICE, metadata: { name: 'theirs' }, spec: { selector, ports: [{ port: 80 }] } } as never);
    await expect(app.takeAway()).rejects.toThrow(/Service theirs, which is not of this app, leads to its pods/);
    await app.kubernetes.delete({ ...SERVICE, name: 'theirs' });
    await expectWayOut(app, 'v3-good');
  });

  test('where there is none', async () => {
    const { outcome, written } = await app.takeAway();
    expect(outcome).toEqual({ status: 'nothing', removed: [], kept: [] });
    expect(written).toEqual([]);
    expect(await app.kubernetes.get({ ...SECRET, name: journalName(RELEASE) })).toBeUndefined();
  });
});
