import { readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { inventory, recordDrill, type Taken, takeBackup, wouldGo } from '../../../src/backup/index.ts';
import { takeOptions, toolbox } from '../../support/backup.ts';
import { openStage, STAGE_LIMIT_MS, type Stage } from '../../support/backup-stage.ts';
import { before, faultFolder } from '../../support/faults.ts';
import type { Server } from '../../support/postgres/server.ts';
import type { S3 } from '../../support/s3.ts';

// Up to seven backups, one after the other.
jest.setTimeout(240_000);

let source: Server;
let stage: Stage;
let s3: S3;
let keys: Stage['keys'];

beforeAll(async () => {
  stage = await openStage();
  ({ s3 } = stage);
  [source] = stage.servers as [Server];
  ({ keys } = stage);
  source.sql('CREATE DATABASE todo');
  source.sql('CREATE TABLE t AS SELECT generate_series(1, 10)', 'todo');
}, STAGE_LIMIT_MS);
afterAll(() => stage?.close());

/** Of each month one, and two good ones at least. */
const policy = { keep: { hours: 0, days: 0, weeks: 0, months: 1 }, keepGood: 2, cap: 10 };

async function take(path?: string): Promise<{ taken: Taken; lines: string[] }> {
  const box = toolbox(source.bin, s3.location, path === undefined ? {} : { path });
  const taken = await takeBackup(takeOptions({ ...source.address, database: 'todo' }, keys, { policy }), box.tools);
  box.close();
  return { taken, lines: box.lines };
}

async function drilled({ taken }: { taken: Taken }, differences: string[] = []): Promise<void> {
  const box = toolbox(source.bin, s3.location);
  await recordDrill(box.tools, { id: taken.manifest.id, differences, seconds: {}, run: `run-${differences.length}` });
  box.close();
}

async function there(): Promise<number[]> {
  const box = toolbox(source.bin, s3.location);
  const { backups, damaged, unfinished } = await inventory(box.tools.store);
  box.close();
  expect({ damaged, unfinished }).toEqual({ damaged: [], unfinished: [] });
  return backups.map(({ manifest }) => manifest.sequence);
}

test('nothing goes before drills were good; then what is older, its manifest first', async () => {
  const first = await take();
  const second = await take();
  await drilled(first);
  expect((await take()).taken.pruned).toMatchObject({ removed: [], because: expect.stringContaining('only 1 of the 2') });
  await drilled(second);
  const fourth = await take();
  expect(fourth.taken.pruned).toMatchObject({ removed: [], locked: [] });
  await drilled(fourth);
  const path = faultFolder();
  before(path, source.bin, 'rclone', `echo "$*" >> ${path}/log; exec "$real" "$@"`, 'deletefile');
  const fifth = await take(path);
  expect(fifth.taken.pruned.removed.map((id) => Number(id.slice(0, 6)))).toEqual([1, 3]);
  expect(await there()).toEqual([5, 4, 2]);
  const order = readFileSync(join(path, 'log'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('/000001-'));
  expect(order[0]).toMatch(/manifest\.json$/);
  expect(order.length).toBeGreaterThan(2);
  expect(
    readdirSync(join(s3.folder, 'all/todo/todo'))
      .map((id) => Number(id.slice(0, 6)))
      .sort(),
  ).toEqual([2, 4, 5]);
  rmSync(path, { recursive: true });
  await drilled(fifth);
});

test('what the storage holds by a lock stays whole, and is tried again', async () => {
  const path = faultFolder();
  before(path, source.bin, 'rclone', 'echo "AccessDenied: object is WORM protected" >&2; exit 1', 'deletefile*/000002');
  const { taken } = await take(path);
  expect([taken.pruned.removed, taken.pruned.locked.map((id) => Number(id.slice(0, 6)))]).toEqual([[], [2]]);
  expect(await there()).toEqual([6, 5, 4, 2]);
  rmSync(path, { recursive: true });
  expect((await take()).taken.pruned.removed.map((id) => Number(id.slice(0, 6)))).toEqual([2]);
});

test('a removal that breaks off loses no backup that is there, and its rest goes with the next run', async () => {
  const seventh = await take();
  await drilled(seventh);
  const path = faultFolder();
  before(path, source.bin, 'rclone', 'exit 1', 'deletefile*/000004*part');
  const { taken, lines } = await take(path);
  expect(lines.join('\n')).toContain('The backup is there, but backups that need not be kept could not be removed');
  expect(taken.manifest.sequence).toBeGreaterThan(seventh.taken.manifest.sequence);
  rmSync(path, { recursive: true });
  const next = await take();
  expect(next.taken.swept).toBeGreaterThan(0);
  expect(await there()).toEqual(expect.arrayContaining([taken.manifest.sequence, next.taken.manifest.sequence]));
});

test('a bad drill after a good one makes a backup one that does not count', async () => {
  const newest = await take();
  await drilled(newest);
  await drilled(newest, ['table public.t: 9 rows instead of 10']);
  const box = toolbox(source.bin, s3.location);
  const { backups } = await inventory(box.tools.store);
  box.close();
  expect(backups[0]).toMatchObject({ drilled: 'bad' });
});

test.each([1999, 2099])('a storage whose clock says %s for what is there loses no backup that is to stay', async (year) => {
  await drilled(await take());
  await drilled(await take());
  const good = (await there()).slice(0, policy.keepGood);
  const jumped = new Date(Date.UTC(year, 0, 1));
  for (const path of readdirSync(s3.folder, { recursive: true, encoding: 'utf8' })) utimesSync(join(s3.folder, path), jumped, jumped);
  const { taken } = await take();
  const left = await there();
  expect(left[0]).toBe(taken.manifest.sequence);
  expect(left).toEqual(expect.arrayContaining(good));
  expect(taken.pruned.removed).not.toContain(taken.manifest.id);
});

test('a dry run names what the next run removes, and removes nothing', async () => {
  await drilled(await take());
  await drilled(await take());
  const box = toolbox(source.bin, s3.location);
  const { remove, later, stay } = await wouldGo(box.tools, policy);
  expect(await there()).toEqual(expect.arrayContaining(remove.map((id) => Number(id.slice(0, 6)))));
  expect([remove.length > 0, later, stay.length]).toEqual([true, [], 2]);
  const capped = await wouldGo(box.tools, { ...policy, cap: 1 });
  expect([...capped.remove, ...capped.later]).toEqual(remove);
  box.close();
  expect((await take()).taken.pruned.removed).toEqual(remove);
});
