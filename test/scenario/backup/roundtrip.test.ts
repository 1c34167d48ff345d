import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inventory, restoreBackup, takeBackup } from '../../../src/backup/index.ts';
import type { BackupManifest } from '../../../src/backup/model.ts';
import { takeOptions, toolbox } from '../../support/backup.ts';
import { openStage, SEED, STAGE_LIMIT_MS, type Stage } from '../../support/backup-stage.ts';
import { VERSIONS } from '../../support/postgres/programs.ts';
import { type Server, startPostgres } from '../../support/postgres/server.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ servers: 0 });
}, STAGE_LIMIT_MS);
afterAll(() => stage?.close());

describe.each(VERSIONS)('the %s PostgreSQL', (which) => {
  let source: Server;
  let target: Server;
  let manifest: BackupManifest;
  // The newest one's programs are built without zstd.
  const compress = which === 'newest' ? { compress: 'gzip:1' } : {};
  const location = () => ({ ...stage.s3.location, prefix: `all/todo/${which}` });

  beforeAll(async () => {
    [source, target] = [await startPostgres(which), await startPostgres(which)];
    source.sql(SEED);
    const box = toolbox(source.bin, location(), compress);
    const taken = await takeBackup(takeOptions({ ...source.address, database: 'todo' }, stage.keys, { partBytes: 100_000 }), box.tools);
    manifest = taken.manifest;
    box.close();
  }, STAGE_LIMIT_MS);
  afterAll(() => {
    source?.close();
    target?.close();
  });

  test('a backup is there, in parts, with what it says of itself', async () => {
    const { backups, unfinished, damaged } = await inventory(toolbox(source.bin, location()).tools.store);
    expect({ unfinished, damaged }).toEqual({ unfinished: [], damaged: [] });
    expect(backups.map((backup) => backup.manifest)).toEqual([manifest]);
    expect(manifest.parts.length).toBeGreaterThan(3);
    expect(manifest.contents).toMatchObject({ tables: 9, rows: '9117' });
  });

  test.each(['online', 'offline'] as const)('the %s key restores it, and nothing differs', async (name) => {
    const box = toolbox(target.bin, location(), compress);
    const identityFile = stage.keys[name === 'online' ? 0 : 1].identityFile;
    const to = { address: target.address, database: `todo_${name}` };
    const { differences } = await restoreBackup({ manifest, identityFile, target: to, fresh: true, jobs: 2 }, box.tools);
    box.close();
    expect(differences).toEqual([]);
    expect(target.sql('SELECT count(*), max(id) FROM public.todo', `todo_${name}`)).toBe('8000|8000');
    expect(target.sql("SELECT nextval('public.todo_id_seq')", `todo_${name}`)).toBe('9007199254740994');
  });
});
