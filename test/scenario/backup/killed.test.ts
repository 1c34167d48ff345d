import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { inventory, restoreBackup, takeBackup } from '../../../src/backup/index.ts';
import { type KeyPair, makeKey, takeOptions, toolbox } from '../../support/backup.ts';
import { PASSWORD, type Server, startPostgres } from '../../support/postgres/server.ts';
import { numbers } from '../../support/retention-histories.ts';
import { type S3, SECRET_KEY, startS3 } from '../../support/s3.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;
const SEED = readFileSync(new URL('../../support/postgres/seed.sql', import.meta.url), 'utf8');
const seed = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);
const next = numbers(seed);
/** `npm test` kills at a few points, `npm run proof` at as many as the promise says. */
const KILLS = process.env.SAMPLE_SEED === undefined ? 50 : 4;
const DRILLS = process.env.SAMPLE_SEED === undefined ? 50 : 2;

let [source, target]: [Server, Server] = [] as never;
let s3: S3;
let folder: string;
let keys: [KeyPair, KeyPair];

beforeAll(async () => {
  s3 = await startS3();
  source = await startPostgres('oldest');
  target = await startPostgres('oldest');
  source.sql(SEED);
  folder = mkdtempSync(join(tmpdir(), 'todo-deploy-keys-'));
  keys = [makeKey(folder, 'a'), makeKey(folder, 'b')];
}, 60_000);
afterAll(async () => {
  source?.close();
  target?.close();
  await s3?.close();
  rmSync(folder, { recursive: true, force: true });
});

const location = () => ({ ...s3.location, prefix: 'all/todo/todo' });
const optionsOf = () => takeOptions({ ...source.address, database: 'todo' }, keys, { partBytes: 100_000 });

describe(`a run that is killed (FAULT_SEED=${seed})`, () => {
  test(`leaves no backup that is not whole, at ${KILLS} points; the next run sweeps what it left`, async () => {
    let killed = 0;
    for (let round = 0; round < KILLS; round++) {
      const temp = mkdtempSync(join(tmpdir(), 'todo-deploy-killed-'));
      const flags = {
        release: 'todo',
        destination: `s3://${s3.location.bucket}/all`,
        endpoint: s3.location.endpoint,
        'database-host': source.address.host,
        'database-port': String(source.address.port),
        'database-user': 'postgres',
        'database-name': 'todo',
        recipients: keys.map(({ recipient }) => recipient).join(','),
      };
      const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
      const run = execa(process.execPath, [join(ROOT, 'bin/todo-deploy.js'), 'backup-job', ...args], {
        env: {
          AWS_ACCESS_KEY_ID: s3.location.accessKeyId,
          AWS_SECRET_ACCESS_KEY: SECRET_KEY,
          DATABASE_PASSWORD: PASSWORD,
          TMPDIR: temp,
          PATH: `${source.bin}:${process.env.PATH}`,
        },
        reject: false,
        detached: true,
      });
      // Somewhere between its start and its end.
      await new Promise((resolve) => setTimeout(resolve, 300 + next() * 2500));
      run.kill('SIGKILL');
      const { isTerminated } = await run;
      killed += isTerminated ? 1 : 0;
      rmSync(temp, { recursive: true, force: true });
      const box = toolbox(source.bin, location());
      expect((await inventory(box.tools.store)).damaged).toEqual([]);
      box.close();
    }
    expect(killed).toBeGreaterThan(0);
    const box = toolbox(source.bin, location());
    const { manifest } = await untilFree(() => takeBackup(optionsOf(), box.tools));
    const { backups, unfinished, damaged } = await inventory(box.tools.store);
    box.close();
    expect({ unfinished, damaged }).toEqual({ unfinished: [], damaged: [] });
    expect(backups[0]?.manifest.id).toBe(manifest.id);
  }, 600_000);
});

/** The server notices that a client is gone when it next speaks to it. */
async function untilFree<T>(take: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await take();
    } catch (error) {
      if (tries > 60 || !String(error).includes('under way')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

describe('a database that is written to', () => {
  test(`comes back as its snapshot was, ${DRILLS} times`, async () => {
    source.sql('CREATE DATABASE busy');
    const env = { PGHOST: '127.0.0.1', PGPORT: String(source.address.port), PGUSER: 'postgres', PGPASSWORD: PASSWORD };
    const bench = (...args: string[]) => execa(join(source.bin, 'pgbench'), [...args, 'busy'], { env, reject: false });
    await bench('--initialize', '--scale=2', '--quiet');
    source.sql('CREATE TABLE ids (id bigserial PRIMARY KEY, at timestamptz DEFAULT now())', 'busy');
    const script = join(folder, 'insert.sql');
    writeFileSync(script, 'INSERT INTO ids DEFAULT VALUES;\n');
    const load = bench('--client=4', '--rate=1200', '--time=1000', '--builtin=simple-update@1', `--file=${script}@1`, '--no-vacuum');
    const before = Number(source.sql('SELECT count(*) FROM ids', 'busy'));
    try {
      for (let drill = 1; drill <= DRILLS; drill++) {
        const box = toolbox(source.bin, { ...s3.location, prefix: `all/busy/${drill}` });
        const { manifest } = await takeBackup(takeOptions({ ...source.address, database: 'busy' }, keys), box.tools);
        const to = { address: target.address, database: `busy_${drill}` };
        const options = { manifest, identityFile: keys[0].identityFile, target: to, fresh: true, jobs: 2 };
        expect((await restoreBackup(options, box.tools)).differences).toEqual([]);
        box.close();
        target.sql(`DROP DATABASE busy_${drill}`);
      }
    } finally {
      load.kill('SIGKILL');
      await load;
    }
    expect(Number(source.sql('SELECT count(*) FROM ids', 'busy'))).toBeGreaterThan(before);
  }, 900_000);
});
