import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { inventory, restoreBackup, takeBackup } from '../../../src/backup/index.ts';
import { takeOptions, toolbox } from '../../support/backup.ts';
import { openStage, SEED, STAGE_LIMIT_MS, type Stage } from '../../support/backup-stage.ts';
import { PASSWORD, type Server } from '../../support/postgres/server.ts';
import { randomOf } from '../../support/random.ts';
import { type S3, SECRET_KEY } from '../../support/s3.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;
const seed = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);
const next = randomOf(seed);
/** `npm test` kills at a few points, `npm run proof` at as many as the promise says. */
const KILLS = Number(process.env.KILL_POINTS ?? (process.env.SAMPLE_SEED === undefined ? 50 : 4));
const DRILLS = process.env.SAMPLE_SEED === undefined ? 50 : 2;

let [source, target]: [Server, Server] = [] as never;
let stage: Stage;
let s3: S3;
let folder: string;
let keys: Stage['keys'];

beforeAll(async () => {
  stage = await openStage({ servers: 2 });
  ({ s3, folder } = stage);
  [source, target] = stage.servers as [Server, Server];
  ({ keys } = stage);
  source.sql(SEED);
}, STAGE_LIMIT_MS);
afterAll(() => stage?.close(), STAGE_LIMIT_MS);

const location = () => ({ ...s3.location, prefix: 'all/todo/todo' });
const optionsOf = () => takeOptions({ ...source.address, database: 'todo' }, keys, { partBytes: 100_000 });

describe(`a run that is killed (FAULT_SEED=${seed})`, () => {
  test(`leaves no backup that is not whole, at ${KILLS} points; the next run sweeps what it left`, async () => {
    const whole = await backup();
    expect(whole).toMatchObject({ exitCode: 0, isTerminated: false });
    let killed = 0;
    for (let round = 0; round < KILLS; round++) {
      const { isTerminated } = await backup({ line: round % whole.steps, ms: next() * 400 });
      killed += isTerminated ? 1 : 0;
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
    // By the storage's own files: nothing beside what backups are made of, and no upload in pieces that nobody has ended.
    const of = (paths: readonly string[]) => paths.filter((path) => statSync(join(s3.folder, path)).isFile());
    const wanted = backups.flatMap(({ paths }) => paths.map((path) => join('all/todo/todo', path)));
    expect(of(readdirSync(s3.folder, { recursive: true, encoding: 'utf8' })).filter((path) => !wanted.includes(path))).toEqual([]);
    console.info(`${killed} of ${KILLS} runs were killed; ${backups.length} backups are whole`);
  }, 600_000);
});

/** A run of the command, killed so many ms after so many of its lines. `steps`: the lines that it wrote while it worked. */
async function backup(kill?: { line: number; ms: number }) {
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
    all: true,
    detached: true,
  });
  const lines: string[] = [];
  for await (const line of run.iterable({ from: 'all' })) {
    if (lines.push(String(line)) - 1 !== kill?.line) continue;
    await new Promise((resolve) => setTimeout(resolve, kill.ms));
    run.kill('SIGKILL');
  }
  const { exitCode, isTerminated } = await run;
  rmSync(temp, { recursive: true, force: true });
  return { exitCode, isTerminated, steps: lines.indexOf('') };
}

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
