import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { heldSnapshots, keepSnapshots, removeSnapshots } from '../../../src/backup/beside/held.ts';
import { marksOf, SNAPSHOT_CLASS, SNAPSHOT_CONTENT, VOLUME_SNAPSHOT } from '../../../src/backup/beside/marks.ts';
import { prepareSnapshots } from '../../../src/backup/beside/prepare.ts';
import { takeSnapshots } from '../../../src/backup/beside/snapshots.ts';
import { claimFrom, importOf } from '../../../src/backup/index.ts';
import { PERSISTENT_VOLUME_CLAIM } from '../../../src/deploy/kube/names.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { actingAs } from '../../../src/tools/kubernetes/load.ts';
import { logBy } from '../../support/log.ts';
import { shippedClusterRole, shippedRole } from '../../support/shipped-role.ts';
import { access, SNAPSHOT_DEFINITIONS, workplace } from '../support/api.ts';
import { installDefinitions } from '../support/definitions.ts';
import { SnapshotController } from '../support/snapshot-controller.ts';

const { namespace, kubernetes } = workplace('volume-snapshots');
const DRIVER = `hostpath-${namespace}.csi.k8s.io`;
const OWNER = { release: 'todo', store: 'https://s3.example.com/acme/todo' };
const ID = '000007-20260301T030000Z-7f3a9c';
const RBAC = 'rbac.authorization.k8s.io/v1';
const CLASS = `fast-${namespace}`;
const controller = new SnapshotController(kubernetes);
const volumes: string[] = [];
const lines: string[] = [];
const log = logBy((line) => void lines.push(line));
const tools = () => ({ kubernetes, clock: systemClock, log, signal: AbortSignal.timeout(50_000) });
const prepared = (wanted: 'auto' | 'require' | 'off', as = kubernetes) => prepareSnapshots({ kubernetes: as, log }, OWNER, wanted);
const apply = (object: Parameters<typeof kubernetes.apply>[0]) => kubernetes.apply(object, { fieldManager: 'test', force: true });
const account = new KubernetesClient(actingAs(access, `system:serviceaccount:${namespace}:backup`), { namespace });

/** A claim and its volume, as a provisioner leaves them. */
async function claim(name: string, { driver = DRIVER, labels = {} }: { driver?: string | undefined; labels?: Record<string, string> }) {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } }, storageClassName: 'fast' };
  const volume = `${namespace}-${name}`;
  volumes.push(volume);
  const source = driver === '' ? { hostPath: { path: '/data' } } : { csi: { driver, volumeHandle: volume } };
  const claimRef = { namespace, name };
  const persistent = { capacity: { storage: '2Gi' }, accessModes: spec.accessModes, storageClassName: 'fast', claimRef, ...source };
  await apply({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: volume }, spec: persistent });
  await apply({ ...PERSISTENT_VOLUME_CLAIM, metadata: { name, labels }, spec: { ...spec, volumeName: volume } });
}
const setClass = (name: string, driver = DRIVER, annotations = {}) =>
  apply({ ...SNAPSHOT_CLASS, metadata: { name, annotations }, driver, deletionPolicy: 'Delete' });
const snapshots = async () => (await kubernetes.list(VOLUME_SNAPSHOT)).items.map(({ metadata }) => metadata.name).sort();
const SET = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db', annotations: { 'meta.helm.sh/release-name': 'todo' } },
  spec: {
    serviceName: 'db',
    selector: { matchLabels: { app: 'db' } },
    template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'db', image: 'x' }] } },
    volumeClaimTemplates: [
      { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } } },
    ],
  },
};

beforeEach(() => void lines.splice(0));

describe('before the cluster knows VolumeSnapshots', () => {
  test('none is taken, which is said once; required, that is refused', async () => {
    expect(await prepared('auto')).toMatchObject({ planned: [], held: [] });
    expect(lines).toEqual(['No volume is snapshotted: the cluster knows no VolumeSnapshot (snapshot.storage.k8s.io/v1)']);
    await expect(prepared('require')).rejects.toMatchObject({
      reason: 'configuration',
      message: 'Input "volume-snapshots" is require, but the cluster knows no VolumeSnapshot (snapshot.storage.k8s.io/v1)',
    });
  });
});

describe('with the definitions of the external-snapshotter', () => {
  beforeAll(async () => {
    await installDefinitions(kubernetes, SNAPSHOT_DEFINITIONS, [VOLUME_SNAPSHOT, SNAPSHOT_CLASS, SNAPSHOT_CONTENT]);
    for (const role of [shippedRole('todo', 'backup'), { ...shippedClusterRole('backup'), metadata: { name: namespace } }])
      await apply(role as never);
    const subjects = [{ kind: 'ServiceAccount', name: 'backup', namespace }];
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'todo-deploy-backup' };
    await apply({ apiVersion: RBAC, kind: 'RoleBinding', metadata: { name: 'backup' }, roleRef, subjects });
    controller.start();
  });
  afterEach(async () => {
    controller.fate = () => 'ready';
    for (const name of await snapshots()) await kubernetes.delete({ ...VOLUME_SNAPSHOT, name });
  });
  afterAll(async () => {
    await controller.stop();
    await account.close();
    for (const { metadata } of (await kubernetes.list(SNAPSHOT_CLASS)).items)
      if (metadata.name.endsWith(namespace)) await kubernetes.delete({ ...SNAPSHOT_CLASS, name: metadata.name });
    for (const name of volumes) await kubernetes.delete({ apiVersion: 'v1', kind: 'PersistentVolume', name });
    for (const kind of ['ClusterRoleBinding', 'ClusterRole']) await kubernetes.delete({ apiVersion: RBAC, kind, name: namespace });
  });

  test('an account without the rights takes none, and is told which; required, that is refused', async () => {
    expect(await prepared('auto', account)).toMatchObject({ planned: [], notes: [expect.stringContaining('get persistentvolumes')] });
    expect(lines.join('\n')).toContain('Add to a ClusterRole:\n- {apiGroups: [""], resources: ["persistentvolumes"], verbs: ["get"]}');
    expect(lines.join('\n')).not.toContain('its Role in namespace');
    await expect(prepared('require', account)).rejects.toMatchObject({ reason: 'access-denied' });
    expect(await prepared('off', account)).toEqual({ planned: [], held: [], notes: [] });
  });

  test('an app without claims has none; required, that is refused', async () => {
    expect((await prepared('auto')).notes).toEqual(['No volume is snapshotted: the app has no claims']);
    await expect(prepared('require')).rejects.toThrow('the app has no claims');
  });

  test('the claims of base and colors are found, each with the class of its driver, by the shipped rights alone', async () => {
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: namespace };
    const subjects = [{ kind: 'ServiceAccount', name: 'backup', namespace }];
    await apply({ apiVersion: RBAC, kind: 'ClusterRoleBinding', metadata: { name: namespace }, roleRef, subjects });
    await claim('data-db-0', {});
    await apply(SET);
    await claim('uploads-green', { labels: { 'todo-deploy.dev/app': 'todo', 'todo-deploy.dev/color': 'green' } });
    await claim('of-another-app', {});
    await claim('old', { driver: '', labels: { 'todo-deploy.dev/app': 'todo' } });
    expect((await prepared('auto', account)).notes).toEqual([
      `The volume of claim data-db-0 is not snapshotted: no VolumeSnapshotClass is of its driver ${DRIVER}`,
      'The volume of claim old is not snapshotted: its volume is of no CSI driver',
      `The volume of claim uploads-green is not snapshotted: no VolumeSnapshotClass is of its driver ${DRIVER}`,
    ]);
    await setClass(CLASS);
    await setClass(`other-${namespace}`, 'other.csi.example');
    const { planned, notes } = await prepared('auto', account);
    expect(planned.map(({ claim: { metadata }, class: of }) => [metadata.name, of])).toEqual([
      ['data-db-0', CLASS],
      ['uploads-green', CLASS],
    ]);
    expect(notes).toHaveLength(1);
    await expect(prepared('require', account)).rejects.toThrow('of claim old: its volume is of no CSI driver');
    await kubernetes.delete({ ...PERSISTENT_VOLUME_CLAIM, name: 'old' });
  });

  const take = async (more: { all?: boolean; limitMs?: number; graceMs?: number; signal?: AbortSignal } = {}) => {
    const { signal, ...options } = more;
    const { planned } = await prepared('auto');
    const all = { id: ID, owner: OWNER, planned, all: false, limitMs: 40_000, ...options };
    return await takeSnapshots(all, { ...tools(), kubernetes: account, ...(signal && { signal }) });
  };
  const NAMES = ['data-db-0', 'uploads-green'].map((name) => `${ID.toLowerCase()}-${name}`);

  test('one of each claim is made and waited for, with what its storage calls it', async () => {
    const { volumes, failed } = await take();
    expect(failed).toEqual([]);
    expect(volumes.map(({ name }) => name).sort()).toEqual(NAMES);
    expect(volumes.find(({ claim: of }) => of === 'data-db-0')).toEqual({
      name: NAMES[0],
      claim: 'data-db-0',
      class: CLASS,
      driver: DRIVER,
      handle: `snap-${NAMES[0]}`,
      size: '1Gi',
      storageClass: 'fast',
      accessModes: ['ReadWriteOnce'],
      mode: 'Filesystem',
    });
    expect(lines[0]).toContain(`Waiting for VolumeSnapshots to be ready to use: ${NAMES[0]}`);
    // The API server takes what a restore is told to apply.
    for (const record of volumes) {
      const objects = [claimFrom(ID, record, namespace), ...importOf({ ...record, name: `again-${record.claim}` }, namespace)];
      for (const object of objects)
        expect(stringify(await kubernetes.apply(object, { fieldManager: 'test', dryRun: true }))).toContain(record.claim);
    }
  });

  test('one that fails is told with its cause and removed; the others go on, unless each is required', async () => {
    controller.fate = (of) => (of === 'uploads-green' ? { error: 'quota of snapshots exceeded' } : 'ready');
    const { volumes, failed } = await take({ graceMs: 500 });
    expect([volumes.map(({ claim: of }) => of), failed]).toEqual([
      ['data-db-0'],
      [{ claim: 'uploads-green', why: 'quota of snapshots exceeded' }],
    ]);
    expect(await snapshots()).toEqual([NAMES[0]]);
    expect(lines.join('\n')).toContain(`(${NAMES[1]}: quota of snapshots exceeded)`);
    await kubernetes.delete({ ...VOLUME_SNAPSHOT, name: NAMES[0] ?? '' });
    await expect(take({ graceMs: 500, all: true })).rejects.toMatchObject({
      reason: 'backup-failed',
      message: `The volume of claim uploads-green could not be snapshotted (class ${CLASS}): quota of snapshots exceeded`,
    });
    expect(await snapshots()).toEqual([]);
  });

  test('an error that the controller gets over is none', async () => {
    let seen = 0;
    controller.fate = () => {
      seen += 1;
      return { error: 'the driver is busy' };
    };
    const taking = take({ graceMs: 30_000, all: true });
    while (seen < 2 || !lines.join('\n').includes('the driver is busy')) await systemClock.sleep(50);
    for (const object of (await kubernetes.list(VOLUME_SNAPSHOT)).items) await controller.meet(object, 'ready');
    expect((await taking).volumes).toHaveLength(2);
  });

  test('one that does not become ready in time, and one that somebody deletes, are failures', async () => {
    controller.fate = () => 'nothing';
    const late = await take({ limitMs: 1_000 });
    expect(late.failed.map(({ why }) => why)).toEqual(Array(2).fill('it was not ready to use after 1 s'));
    expect(await snapshots()).toEqual([]);
    const taking = take({ all: true });
    while ((await snapshots()).length < 2 || lines.length === 0) await systemClock.sleep(50);
    await systemClock.sleep(500);
    await kubernetes.delete({ ...VOLUME_SNAPSHOT, name: NAMES[1] ?? '' });
    await expect(taking).rejects.toThrow('it was deleted while it was waited for');
    expect(await snapshots()).toEqual([]);
  });

  test('a run that is cancelled leaves none', async () => {
    controller.fate = () => 'nothing';
    const stop = new AbortController();
    const taking = take({ signal: stop.signal });
    taking.catch(() => undefined);
    while ((await snapshots()).length < 2) await systemClock.sleep(50);
    stop.abort(new Error('cancelled'));
    await expect(taking).rejects.toThrow('cancelled');
    expect(await snapshots()).toEqual([]);
  });

  test('what has a backup is marked', async () => {
    const { made } = await take();
    await keepSnapshots({ kubernetes: account, log }, [...made, { name: NAMES[0] ?? '', uid: 'of-another' }]);
    expect((await heldSnapshots(account, OWNER)).map(({ name, kept }) => [name, kept]).sort()).toEqual(NAMES.map((name) => [name, true]));
    expect(lines.at(-1)).toContain(`VolumeSnapshot ${NAMES[0]} could not be marked as that of a backup`);
  });

  test('exactly those of an app in one storage are held, and none that was made anew is removed', async () => {
    await take();
    const [first] = await snapshots();
    const others = [
      marksOf({ ...OWNER, store: 'https://s3.example.com/acme/else' }, ID),
      marksOf({ ...OWNER, release: 'other' }, ID),
      { ...marksOf(OWNER, ID), 'todo-deploy.dev/backup': 'mine' },
    ];
    const spec = { volumeSnapshotClassName: CLASS, source: { persistentVolumeClaimName: 'data-db-0' } };
    for (const [index, labels] of others.entries()) await apply({ ...VOLUME_SNAPSHOT, metadata: { name: `other-${index}`, labels }, spec });
    const held = await heldSnapshots(account, OWNER);
    expect(held.map(({ name }) => name).sort()).toEqual(NAMES);
    expect((await prepared('auto', account)).held).toEqual(held);
    await kubernetes.delete({ ...VOLUME_SNAPSHOT, name: first ?? '' });
    await apply({ ...VOLUME_SNAPSHOT, metadata: { name: first ?? '', labels: marksOf(OWNER, ID) }, spec });
    expect(await removeSnapshots({ kubernetes: account, log }, held)).toEqual([NAMES[1]]);
    expect(await snapshots()).toEqual([first, 'other-0', 'other-1', 'other-2']);
    expect(lines.at(-1)).toContain(`VolumeSnapshot ${first} could not be removed`);
  });
});
