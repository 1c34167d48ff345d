import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fetchRecoveryPoint, recoveryPointText, takeBackup } from '../../../src/backup/index.ts';
import type { BackupManifest } from '../../../src/backup/model.ts';
import { readRecoveryPoint } from '../../../src/backup/restore/recovery-point.ts';
import { takeOptions, toolbox } from '../../support/backup.ts';
import { openStage, SEED, STAGE_LIMIT_MS, type Stage } from '../../support/backup-stage.ts';
import type { Server } from '../../support/postgres/server.ts';

let stage: Stage;
let manifest: BackupManifest;
let without: BackupManifest;

const location = () => ({ ...stage.s3.location, prefix: 'all/todo/todo' });
const FILES = {
  'sh.helm.release.v1.todo.v3': { release: 'SDRzSUFBQUE=' },
  'sh.helm.release.v1.todo-blue.v2': { release: 'SDRzSUFBQUI=' },
  'todo-deploy-todo-journal': { 'journal.json': '{"schema":1}' },
  values: { 'todo.yaml': 'replicas: 2' },
};

beforeAll(async () => {
  stage = await openStage();
  const [source] = stage.servers as [Server];
  source.sql(SEED);
  const include = join(stage.folder, 'include');
  for (const [name, files] of Object.entries(FILES)) {
    mkdirSync(join(include, name), { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(include, name, file), text);
  }
  const box = toolbox(source.bin, location());
  const address = { ...source.address, database: 'todo' };
  manifest = (await takeBackup(takeOptions(address, stage.keys, { include, partBytes: 100_000 }), box.tools)).manifest;
  without = (await takeBackup(takeOptions(address, stage.keys), box.tools)).manifest;
  box.close();
}, STAGE_LIMIT_MS);
afterAll(() => stage?.close());

async function fetched(of: BackupManifest, key: 0 | 1) {
  const box = toolbox(stage.servers[0]?.bin ?? '', location());
  try {
    return await fetchRecoveryPoint(box.tools, of, stage.keys[key].identityFile);
  } finally {
    box.close();
  }
}

test('either key opens the recovery point: what Helm had recorded, and the journal', async () => {
  const point = await fetched(manifest, 1);
  expect(point).toEqual({
    schema: 1,
    backup: manifest.id,
    snapshotAt: manifest.snapshotAt,
    database: 'todo',
    server: manifest.source.server,
    releases: { 'sh.helm.release.v1.todo.v3': 'SDRzSUFBQUE=', 'sh.helm.release.v1.todo-blue.v2': 'SDRzSUFBQUI=' },
    journal: '{"schema":1}',
  });
  expect(readRecoveryPoint(recoveryPointText(point))).toEqual(point);
});

test('a backup that holds none says so', async () => {
  expect(await fetched(without, 0)).toMatchObject({ backup: without.id, releases: {} });
});

test('one that was cut off on its way is none', async () => {
  const text = recoveryPointText(await fetched(manifest, 0));
  for (const length of [0, 1, 20, text.length - 3]) expect(() => readRecoveryPoint(text.slice(0, length))).toThrow('cannot be read');
});
