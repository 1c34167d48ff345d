import { describe, expect, test } from '@jest/globals';
import { claimsOf } from '../../../src/backup/beside/claims.ts';
import { marksOf, nameFor } from '../../../src/backup/beside/marks.ts';
import { planSnapshots } from '../../../src/backup/beside/plan.ts';
import { missingRights, snapshotAccess } from '../../../src/backup/beside/rights.ts';
import { failureOf } from '../../../src/backup/beside/velero.ts';
import { claimFrom, forgettable } from '../../../src/backup/index.ts';
import { backupId } from '../../../src/backup/layout/ids.ts';
import { groupRules } from '../../../src/deploy/preflight/access.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../src/interfaces/objects.ts';
import { shippedClusterRole, shippedRole } from '../../support/shipped-role.ts';

const ID = '000042-20260301T030000Z-7f3a9c';
const HELM = { 'meta.helm.sh/release-name': 'todo' };
const claim = (name: string, more: object = {}, spec: object = { volumeName: `of-${name}` }): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, ...more },
  spec,
});
const names = (claims: readonly PersistentVolumeClaim[]) => claims.map(({ metadata }) => metadata.name);

describe('the claims of an app', () => {
  const workload = (kind: string, name: string, spec: object, annotations: Record<string, string> = HELM) => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, annotations },
    spec,
  });
  const set = (name: string, annotations = HELM) =>
    workload('StatefulSet', name, { volumeClaimTemplates: [{ metadata: { name: 'data' } }] }, annotations);
  const uses = (claimName: string) => ({
    template: { spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }, { emptyDir: {} }] } },
  });

  test.each([
    ['of the chart', [claim('a', { annotations: HELM }), claim('b')], [], ['a']],
    ['of a color', [claim('a-green', { labels: { 'todo-deploy.dev/app': 'todo' } })], [], ['a-green']],
    [
      'of a StatefulSet, and none that only begins so',
      ['data-db-0', 'data-db-12', 'data-db-x', 'data-db-2-0'].map((name) => claim(name)),
      [set('db')],
      ['data-db-0', 'data-db-12'],
    ],
    ['named by a workload', [claim('a'), claim('b')], [workload('Deployment', 'web', uses('b'))], ['b']],
    [
      "of nobody else's workloads",
      [claim('data-db-0'), claim('b')],
      [set('db', { 'meta.helm.sh/release-name': 'other' }), workload('Deployment', 'web', uses('b'), {})],
      [],
    ],
    ['that are there to stay', [claim('a', { annotations: HELM, deletionTimestamp: '2026-03-01T03:00:00Z' })], [], []],
  ])('%s', (_, claims, workloads, wanted) => {
    expect(names(claimsOf('todo', claims, workloads as never))).toEqual(wanted);
  });
});

describe('the class of a claim', () => {
  const volume = (driver?: string): PersistentVolume => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'v' },
    spec: driver === undefined ? { hostPath: { path: '/' } } : { csi: { driver, volumeHandle: 'h' } },
  });
  const of = (name: string, driver: string, isDefault = false) => ({
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshotClass',
    metadata: { name, ...(isDefault && { annotations: { 'snapshot.storage.kubernetes.io/is-default-class': 'true' } }) },
    driver,
  });
  const planned = (classes: ReturnType<typeof of>[], found: PersistentVolume | 'gone' = volume('d'), one = claim('a')) => {
    const { planned: all, without } = planSnapshots([one], new Map([['of-a', found === 'gone' ? undefined : found]]), classes);
    return all[0]?.class ?? without[0]?.why;
  };

  test.each([
    ['the only one of its driver', [of('one', 'd'), of('other', 'e', true)], 'one'],
    ['the default of several', [of('one', 'd'), of('two', 'd', true)], 'two'],
    [
      'none of several without a default',
      [of('two', 'd'), of('one', 'd')],
      'of the VolumeSnapshotClasses of its driver d (one, two) none is the default',
    ],
    [
      'none of two defaults',
      [of('one', 'd', true), of('two', 'd', true)],
      'of the VolumeSnapshotClasses of its driver d (one, two) more than one is the default',
    ],
    ['none of another driver', [of('other', 'e', true)], 'no VolumeSnapshotClass is of its driver d'],
  ])('is %s', (_, classes, wanted) => expect(planned(classes)).toBe(wanted));

  test('is none where there is no volume, or one that no driver of CSI has made', () => {
    expect(planned([of('one', 'd')], volume())).toBe('its volume is of no CSI driver');
    expect(planned([of('one', 'd')], 'gone')).toBe('its volume of-a is not there');
    expect(planned([of('one', 'd')], volume('d'), claim('a', {}, {}))).toBe('it has no volume yet');
  });
});

describe('what is made', () => {
  test('has a name and labels that Kubernetes takes, whatever the claim is called', () => {
    expect(nameFor(ID, 'data-db-0')).toBe('000042-20260301t030000z-7f3a9c-data-db-0');
    expect(nameFor(ID, 'x'.repeat(253))).toMatch(/^[a-z0-9.-]{1,253}$/);
    for (const value of Object.values(marksOf({ release: 'r'.repeat(53), store: 'https://s3.example.com/a/b' }, ID)))
      expect(value).toMatch(/^[A-Za-z0-9][-A-Za-z0-9_.]{0,61}[A-Za-z0-9]$/);
  });

  test('comes back as a claim of its own', () => {
    const record = {
      name: 's',
      claim: 'data-db-0',
      class: 'c',
      driver: 'd',
      handle: 'h',
      size: '2Gi',
      storageClass: '',
      accessModes: ['ReadWriteOnce'],
      mode: 'Block',
    };
    expect(claimFrom(ID, record, 'todo')).toEqual({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data-db-0-42', namespace: 'todo' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        volumeMode: 'Block',
        resources: { requests: { storage: '2Gi' } },
        dataSource: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 's' },
      },
    });
  });

  test('takes no more rights than the shipped roles give, and these give no more', () => {
    const rulesOf = (role: unknown) =>
      (role as { rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[] }).rules.flatMap(
        ({ apiGroups, resources, verbs }) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${apiGroups[0]}/${resource}`)),
      );
    const wordsOf = (reviews: ReturnType<typeof snapshotAccess>) =>
      groupRules(reviews).flatMap(({ group, resource, verbs }) => verbs.map((verb) => `${verb} ${group}/${resource}`));
    const wanted = snapshotAccess('todo');
    const inside = wordsOf(wanted.filter(({ namespace }) => namespace !== undefined));
    expect(rulesOf(shippedRole('todo', 'backup'))).toEqual(expect.arrayContaining(inside));
    expect(rulesOf(shippedClusterRole('backup')).sort()).toEqual(wordsOf(wanted.filter(({ namespace }) => namespace === undefined)).sort());
  });

  test('what is missing is told place by place', () => {
    const { message, hint } = missingRights(
      'it',
      snapshotAccess('todo').filter(({ resource }) => /^(volumesnapshots|persistentvolumes)$/.test(resource)),
    );
    expect(message).toBe(
      'The account lacks rights that it needs: create, list, watch, patch, delete volumesnapshots (snapshot.storage.k8s.io); get persistentvolumes',
    );
    expect(hint).toMatch(/^Add to its Role in namespace todo:\n- .*volumesnapshots.*\nAdd to a ClusterRole:\n- .*persistentvolumes/);
  });

  test.each([
    [
      { phase: 'FailedValidation', validationErrors: ['an existing backup storage location was not specified'] },
      'is FailedValidation: an existing backup storage location was not specified',
    ],
    [{ phase: 'Failed', failureReason: 'found a backup with status "InProgress"' }, 'is Failed: found a backup with status "InProgress"'],
    [{ phase: 'PartiallyFailed', errors: 2 }, 'is PartiallyFailed: 2 error(s)'],
  ])("Velero's words: %o", (status, words) => {
    const backup = { apiVersion: 'velero.io/v1', kind: 'Backup' as const, metadata: { name: 'b' }, status };
    expect(failureOf('velero', backup)).toBe(`Velero's Backup velero/b ${words}`);
  });
});

describe('snapshots that are held', () => {
  const held = (sequence: number, kept = true, name = 'a') => ({
    id: backupId(sequence, 0, '7f3a9c'),
    name: `${sequence}-${name}`,
    uid: `${sequence}`,
    kept,
  });
  const [one, two, three, four] = [held(1), held(2), held(3, false), held(4)];
  const all = [one, held(1, true, 'b'), two, three, four];
  const gone = [one, two, three, four].map(({ id }) => id);
  const names = (...[snapshots, storage, cap]: Parameters<typeof forgettable>) =>
    forgettable(snapshots, storage, cap).map(({ name }) => name);

  test('stay as long as the storage has anything of their backup', () => {
    expect(names(all, { gone: [], newestGood: 9 }, 9)).toEqual([]);
    expect(names(all, { gone: [two.id], newestGood: 9 }, 9)).toEqual(['2-a']);
  });
  test('of finished backups go only below one that a drill has restored: an emptied storage takes none with it', () => {
    expect(names(all, { gone, newestGood: undefined }, 9)).toEqual(['3-a']);
    expect(names(all, { gone, newestGood: 2 }, 9)).toEqual(['1-a', '1-b', '3-a']);
  });
  test('go as many as retention removes at most, the oldest first; what no backup ever had is not counted', () => {
    expect(names(all, { gone, newestGood: 9 }, 1)).toEqual(['1-a', '1-b', '3-a']);
  });
});
