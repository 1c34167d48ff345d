import { describe, expect, test } from '@jest/globals';
import { readBackupInputs } from '../../../../src/actions/backup/inputs.ts';
import { tellVolumes } from '../../../../src/actions/restore/volumes.ts';
import { besideReport } from '../../../../src/backup/index.ts';
import { readManifest, written } from '../../../../src/backup/layout/documents.ts';
import type { VolumeRecord } from '../../../../src/backup/model.ts';
import { createContext } from '../../../../src/runtime/action.ts';
import { SummaryWriter } from '../../../../src/runtime/summary.ts';
import { QUIET } from '../../../support/log.ts';
import { backup } from '../../../support/retention-histories.ts';

const KEY = (letter: string) => `age1${letter.repeat(58)}`;
const inputsOf = (more: Record<string, string>) => {
  const given = {
    release: 'todo',
    destination: 's3://acme/todo',
    endpoint: 'https://s3.example.com',
    'access-key-id': 'id',
    'secret-access-key': 'secret',
    recipients: `${KEY('q')} ${KEY('p')}`,
    image: 'backup:1',
    ...more,
  };
  const variables = Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
  const context = createContext('backup', new AbortController().signal, variables, { log: () => QUIET, showOutputs: false });
  return readBackupInputs(context);
};

describe('what goes beside a backup', () => {
  test.each([
    [{}, 'auto', undefined],
    [{ 'volume-snapshots': 'require', velero: 'true' }, 'require', 'velero'],
    [{ 'volume-snapshots': 'off', velero: 'backups' }, 'off', 'backups'],
    [{ velero: 'false', schedule: '17 3 * * *' }, 'auto', undefined],
  ])('is read: %o', (given, snapshots, velero) => expect(inputsOf(given)).toMatchObject({ snapshots, velero }));

  test.each([
    [{ 'volume-snapshots': 'always' }, 'Input "volume-snapshots" is "always"'],
    [{ velero: 'Its Namespace' }, 'Input "velero" is "Its Namespace"'],
    [{ 'volume-snapshots': 'require', schedule: '17 3 * * *' }, 'Inputs "schedule" and "volume-snapshots" (require) exclude each other'],
    [{ velero: 'true', schedule: '17 3 * * *' }, 'Inputs "schedule" and "velero" exclude each other'],
  ])('is refused: %o', (given, words) => expect(() => inputsOf(given)).toThrow(words));
});

const volume = (claim: string): VolumeRecord => ({
  name: `s-${claim}`,
  claim,
  class: 'fast',
  driver: 'csi.example',
  handle: `h-${claim}`,
  size: '8Gi',
  storageClass: 'fast',
  accessModes: ['ReadWriteOnce'],
  mode: 'Filesystem',
});
const part = { name: 'part-00001.age', bytes: 1, sha256: '0'.repeat(64) };
const manifest = { ...backup(42, 0).manifest, parts: [part] };
const velero = { namespace: 'velero', name: 'b' };

describe('the manifest', () => {
  test.each([{}, { volumes: [volume('a')] }, { volumes: [volume('a'), volume('b')], velero }])('holds it, or not: %o', (beside) => {
    const whole = { ...manifest, ...beside };
    expect(readManifest(manifest.id, written(whole))).toEqual(whole);
  });
  test.each([{ volumes: [{ ...volume('a'), handle: 1 }] }, { volumes: {} }, { velero: { namespace: 'velero' } }])(
    'refuses %o',
    (beside) => {
      expect(() => readManifest(manifest.id, written({ ...manifest, ...beside }))).toThrow(
        'is missing, not expected, or not what it should be',
      );
    },
  );
});

describe('a restore says what else the backup has', () => {
  const said = (mode: 'into' | 'disaster' | 'drill', beside: object) => {
    const summary = new SummaryWriter(undefined);
    tellVolumes(
      { summary },
      { mode, app: { namespace: 'todo', release: 'todo' } },
      { backup: manifest.id, ...besideReport({ ...manifest, ...beside }) },
    );
    return summary.markdown();
  };

  test('and what is to be applied: a claim beside the one that there is', () => {
    const text = said('into', { volumes: [volume('a')], velero });
    expect(text).toContain('VolumeSnapshot s-a of claim a \\(8Gi, csi.example\\)');
    expect(text).toMatch(/velero restore create --from-backup b/);
    expect(text).toMatch(/kind: PersistentVolumeClaim.*name: a-42.*dataSource:.*name: s-a/s);
    expect(text).not.toContain('kind: VolumeSnapshotContent');
  });
  test('after a disaster the snapshot, too', () => {
    const text = said('disaster', { volumes: [volume('a')] });
    expect(text).toMatch(/kind: VolumeSnapshotContent.*snapshotHandle: h-a.*---.*kind: VolumeSnapshot\n.*---.*PersistentVolumeClaim/s);
  });
  test('a drill names them alone; many are counted, and fit the report of a Job', () => {
    const volumes = Array.from({ length: 8 }, (_, index) => volume(`claim-${index}`));
    expect(said('drill', { volumes })).toContain('3 more: manifest.json of the backup names them');
    expect(said('drill', { volumes })).not.toContain('PersistentVolumeClaim');
    expect(JSON.stringify(besideReport({ ...manifest, volumes })).length).toBeLessThan(2_000);
  });
  test('and nothing where there is nothing, or something else', () => {
    expect(said('into', {})).toBe('');
    expect(said('into', { volumes: [{ name: 'x' }] })).toBe('');
  });
});
