import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { until } from '../../../../cluster/wait.ts';
import { JOB, PERSISTENT_VOLUME_CLAIM, SERVICE } from '../../../../src/deploy/kube/names.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { BaseApp } from '../../support/base-app.ts';
import { versionOf } from '../../support/pods.ts';
import { expectWayOut } from '../../support/way-out.ts';

// Each row deploys several times.
jest.setTimeout(180_000);

const CLASS = `grows-${randomUUID().slice(0, 8)}`;
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
const STORAGE_CLASS = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' };

const job = (version: string, spec: object = {}): KubernetesObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'small-seed' },
  spec: {
    ...spec,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'seed', image: `registry.example/app:${version}` }] } },
  },
});
const config: KubernetesObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'small-more' }, data: { more: 'yes' } };
const claim = (storage: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'small-data', labels: { storage } },
  spec: { storageClassName: CLASS, accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
});

let it: BaseApp;
beforeEach(async () => {
  it = await BaseApp.create('base-back');
});
afterEach(() => it.remove());

const imageOfJob = async () => (await it.app.kubernetes.get({ ...JOB, name: 'small-seed' }))?.spec?.template.spec?.containers[0]?.image;
const serving = async () => (await it.app.serving()).map(versionOf);

describe('the base goes back with a version that failed', () => {
  test('a plain Job runs the version, and the version fails its checks: the Job stays as it ended', async () => {
    await it.deploy('v1-good', [job('v1-good')]);
    const uid = (await it.app.kubernetes.get({ ...JOB, name: 'small-seed' }))?.metadata.uid;
    const { outcome } = await it.deploy('v2-sick', [job('v2-sick')]);
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'smoke-failed', rolledBack: true });
    expect(await serving()).toEqual(['v1-good']);
    const live = await it.app.kubernetes.get({ ...JOB, name: 'small-seed' });
    expect(live?.metadata.uid).not.toBe(uid);
    expect(await imageOfJob()).toContain('v2-sick');
    expect(await it.app.journal()).not.toHaveProperty('inFlight');
    await expectWayOut(it.app, 'v3-good');
  });

  test('a hook runs the version, and the version fails its checks: nothing is said of the hook, which is not applied again', async () => {
    const hook = (version: string): KubernetesObject => ({
      ...job(version),
      metadata: {
        name: 'small-hook',
        annotations: { 'helm.sh/hook': 'pre-install,pre-upgrade', 'helm.sh/hook-delete-policy': 'before-hook-creation' },
      },
    });
    await it.deploy('v1-good', [hook('v1-good')]);
    const { outcome, log } = await it.deploy('v2-sick', [hook('v2-sick'), config]);
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'smoke-failed', rolledBack: true });
    expect(log.filter((line) => line.includes('stays as it is'))).toEqual([]);
    await expectWayOut(it.app, 'v3-good');
  });

  test('a Job that is gone by its time to live does not run again', async () => {
    await it.deploy('v1-good', [job('v1-good')]);
    await it.deploy('v2-good', [job('v1-good'), config]);
    await it.app.kubernetes.delete({ ...JOB, name: 'small-seed' }, { propagation: 'Background' });
    const { outcome } = await it.app.rollback('previous');
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v1-good' });
    expect(await imageOfJob()).toBeUndefined();
    await expectWayOut(it.app, 'v3-good');
  });

  test('a Job that is gone by its time to live, and that the next version lacks, does not run once more before it goes', async () => {
    await it.deploy('v1-good', [job('v1-good')]);
    await it.app.kubernetes.delete({ ...JOB, name: 'small-seed' }, { propagation: 'Background' });
    const { outcome, log } = await it.deploy('v2-good', []);
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect(log.filter((line) => line.includes('small-seed'))).toEqual([]);
    expect(await imageOfJob()).toBeUndefined();
    await expectWayOut(it.app, 'v3-good');
  });

  test('a run is killed when it has taken a finished Job away, to make it anew: the base of before brings it back', async () => {
    await it.deploy('v1-good', [job('v1-good')]);
    const { written } = await it.deploy('v2-sick', [job('v2-sick')]);
    expect((await it.deploy('v3-good', [job('v1-good')])).outcome).toMatchObject({ status: 'deployed' });
    const write = written.findIndex((one) => /^delete .*small-seed/.test(one)) + 1;
    expect((await it.deploy('v4-good', [job('v4-good')], { kind: 'kill', write })).outcome).toBe('killed');
    expect(await imageOfJob()).toBeUndefined();
    expect((await it.deploy('v5-good', [job('v1-good')])).outcome).toMatchObject({ status: 'deployed', version: 'v5-good' });
    expect(await imageOfJob()).toContain('v1-good');
    await expectWayOut(it.app, 'v6-good');
  });

  test('a Job was taken away by a run that was cancelled, and the base came back without it: going back there is not that version’s base', async () => {
    await it.deploy('v1-good', [job('v1-good')]);
    const { written } = await it.deploy('v2-sick', [job('v2-sick')]);
    expect((await it.deploy('v3-good', [job('v1-good')])).outcome).toMatchObject({ status: 'deployed' });
    const write = written.findIndex((one) => /^delete .*small-seed/.test(one)) + 1;
    expect((await it.deploy('v4-good', [job('v4-good')], { kind: 'kill', write })).outcome).toBe('killed');
    await it.deploy('v5-sick', [config]);
    expect((await it.deploy('v6-good', [config])).outcome).toMatchObject({ status: 'deployed', version: 'v6-good' });
    expect((await it.app.rollback('previous')).outcome).toMatchObject({ status: 'deployed', version: 'v3-good' });
    expect((await it.deploy('v7-good', [job('v1-good')])).outcome).toMatchObject({ status: 'deployed', version: 'v7-good' });
    expect(await imageOfJob()).toContain('v1-good');
    await expectWayOut(it.app, 'v8-good');
  });

  test('a Job could not be taken back with its version: the next one lacks it, and is deployed', async () => {
    await it.deploy('v1-good', [job('v1-good')]);
    const { written } = await it.deploy('v2-sick', [job('v2-sick'), config]);
    const fault = { kind: 'fail' as const, write: written.lastIndexOf('apply release small') + 1 };
    expect((await it.deploy('v3-sick', [job('v3-sick'), config], fault)).outcome).toMatchObject({ status: 'rolled-back' });
    expect((await it.deploy('v4-good', [])).outcome).toMatchObject({ status: 'deployed', version: 'v4-good' });
    expect(await imageOfJob()).toBeUndefined();
    await expectWayOut(it.app, 'v5-good');
  });

  test('Helm cannot bring it back: users are safe, it is said, and the next deploy applies it again', async () => {
    await it.deploy('v1-good', [config]);
    const other = { ...config, data: { more: 'no' } };
    const { written } = await it.deploy('v2-sick', [other]);
    const fault = { kind: 'fail' as const, write: written.lastIndexOf('apply release small') + 1 };
    const { outcome, log } = await it.deploy('v3-sick', [other], fault);
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'smoke-failed', rolledBack: true });
    expect(await serving()).toEqual(['v1-good']);
    expect(log.filter((line) => line.includes('is not as it was'))).toHaveLength(1);
    const { history, inFlight } = await it.app.journal();
    expect([inFlight, history[0]?.version, history[0]?.baseHash]).toEqual([undefined, 'v1-good', '']);
    expect((await it.deploy('v1-good', [config])).outcome).toMatchObject({ status: 'deployed', version: 'v1-good' });
    expect((await it.app.kubernetes.get({ ...CONFIG_MAP, name: 'small-more' }))?.data).toEqual({ more: 'yes' });
    await expectWayOut(it.app, 'v4-good');
  });

  test('it cannot be applied in full: what was made of it goes', async () => {
    await it.deploy('v1-good', []);
    const nodePort = 30_000 + Math.floor(Math.random() * 2_767);
    const service = (name: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { type: 'NodePort', selector: { nobody: 'has-it' }, ports: [{ port: 80, nodePort }] },
    });
    // Each for itself is accepted by a dry run.
    const { outcome } = await it.deploy('v2-good', [config, service('small-a'), service('small-b')]);
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'helm-failed', version: 'v1-good' });
    expect(await it.app.kubernetes.get({ ...CONFIG_MAP, name: 'small-more' })).toBeUndefined();
    expect(await it.app.kubernetes.get({ ...SERVICE, name: 'small-a' })).toBeUndefined();
    expect(await serving()).toEqual(['v1-good']);
    await expectWayOut(it.app, 'v3-good');
  });
});

describe('a claim cannot be made smaller', () => {
  beforeEach(async () => {
    const object = { ...STORAGE_CLASS, metadata: { name: CLASS }, provisioner: 'example.com/none', allowVolumeExpansion: true };
    await it.app.kubernetes.apply(object, { fieldManager: 'test' });
    await it.deploy('v1-good', [claim('1Gi')]);
  });
  const live = async () => {
    const found = await it.app.kubernetes.get({ ...PERSISTENT_VOLUME_CLAIM, name: 'small-data' });
    return { requests: found?.spec?.resources?.requests?.storage, label: found?.metadata.labels?.storage };
  };

  test('a version enlarges it and fails its checks: it stays large, all else of it goes back, and that is said', async () => {
    const { outcome, log } = await it.deploy('v2-sick', [claim('2Gi')]);
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'smoke-failed', rolledBack: true });
    expect(await serving()).toEqual(['v1-good']);
    expect(await live()).toEqual({ requests: '2Gi', label: '1Gi' });
    expect(
      log.filter((line) => /PersistentVolumeClaim\/small-data .*spec\.resources\.requests\.storage.* stays as it is/.test(line)),
    ).toHaveLength(1);
    expect(await it.app.journal()).not.toHaveProperty('inFlight');
    await expectWayOut(it.app, 'v3-good');
  });

  test('a person has enlarged it, and the next version lacks it: that is deployed', async () => {
    const spec = { resources: { requests: { storage: '3Gi' } } };
    await it.app.kubernetes.patch({ ...PERSISTENT_VOLUME_CLAIM, name: 'small-data' }, { spec }, { type: 'merge' });
    await until('the larger claim', 10_000, async () => {
      const found = await it.app.kubernetes.get({ ...PERSISTENT_VOLUME_CLAIM, name: 'small-data' });
      return found?.status?.capacity?.storage === '3Gi' ? true : undefined;
    });
    expect((await it.deploy('v2-good', [])).outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    // It is protected until somebody looks whether a pod uses it.
    const left = await it.app.kubernetes.get({ ...PERSISTENT_VOLUME_CLAIM, name: 'small-data' });
    expect(left?.metadata.deletionTimestamp).toBeDefined();
    await expectWayOut(it.app, 'v3-good');
  });

  test('it was enlarged meanwhile: a rollback by hand takes back what can be had back', async () => {
    await it.deploy('v2-good', [claim('2Gi')]);
    const { outcome } = await it.app.rollback('previous');
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v1-good', previousVersion: 'v2-good' });
    expect(await serving()).toEqual(['v1-good']);
    expect(await live()).toEqual({ requests: '2Gi', label: '1Gi' });
    await expectWayOut(it.app, 'v3-good');
  });
});
