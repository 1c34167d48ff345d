import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { execaSync } from 'execa';
import { inventory, recordDrill, type Taken, takeBackup } from '../../../src/backup/index.ts';
import { takeOptions, toolbox } from '../../support/backup.ts';
import { openStage, STAGE_LIMIT_MS, type Stage } from '../../support/backup-stage.ts';
import type { Server } from '../../support/postgres/server.ts';
import { type S3, startS3 } from '../../support/s3.ts';
import { hold, withLocks } from '../../support/s3-lock.ts';

// Several backups, one after the other.
jest.setTimeout(240_000);

let stage: Stage;
let source: Server;
let gateway: S3;
let s3: S3;

beforeAll(async () => {
  stage = await openStage();
  [source] = stage.servers as [Server];
  gateway = await startS3({ versions: true });
  s3 = withLocks(gateway);
  source.sql('CREATE DATABASE todo');
  source.sql('CREATE TABLE t AS SELECT generate_series(1, 10)', 'todo');
}, STAGE_LIMIT_MS);
afterAll(async () => {
  await gateway?.close();
  await stage?.close();
});

const policy = { keep: { hours: 0, days: 0, weeks: 0, months: 1 }, keepGood: 1, cap: 10 };

async function take({ drilled = true } = {}): Promise<Taken> {
  const box = toolbox(source.bin, s3.location);
  const taken = await takeBackup(takeOptions({ ...source.address, database: 'todo' }, stage.keys, { policy }), box.tools);
  if (drilled) await recordDrill(box.tools, { id: taken.manifest.id, differences: [], seconds: {}, run: 'run' });
  box.close();
  return taken;
}

async function there(): Promise<{ sequences: number[]; damaged: unknown[] }> {
  const box = toolbox(source.bin, s3.location);
  const { backups, damaged } = await inventory(box.tools.store);
  box.close();
  return { sequences: backups.map(({ manifest }) => manifest.sequence), damaged };
}

/** Every version of every object of a backup, as a key that may see them lists them: with curl, since rclone names what it can undo. */
const versions = (id: string): string[] => {
  const env = { ...process.env, AWS_CA_BUNDLE: undefined };
  const { endpoint, accessKeyId, secretAccessKey, bucket, prefix } = s3.location;
  const store = `:s3,provider=Other,force_path_style=true,access_key_id=${accessKeyId},secret_access_key=${secretAccessKey},endpoint='${endpoint}',versions=true:${bucket}/${prefix}/${id}`;
  const { stdout } = execaSync('rclone', ['lsf', '--recursive', '--files-only', store], { env, reject: false });
  return stdout.split('\n').filter(Boolean);
};

test('a backup whose manifest is locked stays whole and in sight, is told, and is tried again', async () => {
  const first = await take();
  const { id } = first.manifest;
  hold(s3, `${id}/manifest.json`, true);
  await take();
  const third = await take({ drilled: false });
  expect(third.pruned).toMatchObject({ removed: [], locked: [id] });
  expect(await there()).toEqual({ sequences: [3, 2, 1], damaged: [] });
  hold(s3, `${id}/manifest.json`, false);
  expect((await take({ drilled: false })).pruned).toMatchObject({ removed: [id], locked: [] });
  expect((await there()).sequences).toEqual([4, 3, 2]);
});

test('what goes, goes with all of its versions', async () => {
  const removed = (await take()).manifest.id;
  expect(versions(removed).length).toBeGreaterThan(2);
  await take();
  const { pruned } = await take({ drilled: false });
  expect(pruned.removed).toContain(removed);
  expect(versions(removed)).toEqual([]);
});

test('a part that is locked stays until a later run, without its manifest', async () => {
  const { id } = (await take()).manifest;
  hold(s3, `${id}/part-00001.age`, true);
  await take();
  const { pruned } = await take({ drilled: false });
  expect(pruned.removed).toContain(id);
  expect(versions(id)).toEqual(expect.arrayContaining(['part-00001.age', 'started.json']));
  hold(s3, `${id}/part-00001.age`, false);
  expect((await take({ drilled: false })).swept).toBeGreaterThan(0);
  expect(versions(id)).toEqual([]);
});
