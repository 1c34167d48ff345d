import { copyFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { cutOver, holdWrites, inventory, restoreBackup, takeBackup, undoOf } from '../../../src/backup/index.ts';
import type { BackupManifest } from '../../../src/backup/model.ts';
import type { RestoreOptions } from '../../../src/backup/restore/restore.ts';
import { DeployError } from '../../../src/interfaces/errors.ts';
import { type KeyPair, type Toolbox, takeOptions, toolbox } from '../../support/backup.ts';
import { openStage, SEED, STAGE_LIMIT_MS, type Stage } from '../../support/backup-stage.ts';
import { before, cutAfter, faultFolder } from '../../support/faults.ts';
import type { Server } from '../../support/postgres/server.ts';
import { randomOf } from '../../support/random.ts';
import type { S3 } from '../../support/s3.ts';
import { sampledRows } from '../../support/sample.ts';

const seed = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);
const next = randomOf(seed);

let [source, target]: [Server, Server] = [] as never;
let stage: Stage;
let s3: S3;
let folder: string;
let keys: [KeyPair, KeyPair, KeyPair];
let manifest: BackupManifest;
let stored: Map<string, Buffer>;

beforeAll(async () => {
  stage = await openStage({ servers: 2, more: ['foreign'] });
  ({ s3, folder } = stage);
  [source, target] = stage.servers as [Server, Server];
  keys = stage.keys as [KeyPair, KeyPair, KeyPair];
  source.sql(SEED);
  const box = toolbox(source.bin, s3.location);
  const options = takeOptions({ ...source.address, database: 'todo' }, keys.slice(0, 2), { partBytes: 100_000 });
  manifest = (await takeBackup(options, box.tools)).manifest;
  box.close();
  const names = [...manifest.parts.map(({ name }) => name), 'manifest.json'];
  stored = new Map(names.map((name) => [name, readFileSync(at(name))]));
}, STAGE_LIMIT_MS);
afterAll(() => stage?.close());
beforeEach(() => {
  for (const [name, content] of stored) writeFileSync(at(name), content);
});

const at = (name: string): string => join(s3.folder, 'all/todo/todo', manifest.id, name);
const databases = (server: Server): string => server.sql("SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database");

interface Attempt {
  options: RestoreOptions;
  path: string;
  after: (() => void)[];
}

interface Fault {
  name: string;
  reason: string;
  says: RegExp;
  arrange(attempt: Attempt): void;
}

const change = (name: string, how: (content: Buffer) => Buffer): void => writeFileSync(at(name), how(readFileSync(at(name))));
const flip = (content: Buffer): Buffer => {
  const place = Math.floor(next() * content.length);
  content.writeUInt8(content.readUInt8(place) ^ (1 << Math.floor(next() * 8)), place);
  return content;
};

/** In the storage, or on the way from it. */
const DAMAGED: Fault[] = [
  ...['part-00001.age', 'part-00002.age'].map((name) => ({
    name: `a bit of ${name} is flipped`,
    reason: 'backup-damaged',
    says: new RegExp(`${name.replace('.', '\\.')} is not what was stored \\(its SHA-256`),
    arrange: () => change(name, flip),
  })),
  {
    name: 'two parts have changed places',
    reason: 'backup-damaged',
    says: /part-00001\.age is not what was stored/,
    arrange: () => {
      copyFileSync(at('part-00001.age'), join(folder, 'one'));
      copyFileSync(at('part-00002.age'), at('part-00001.age'));
      copyFileSync(join(folder, 'one'), at('part-00002.age'));
    },
  },
  {
    name: 'a part is cut off',
    reason: 'backup-damaged',
    says: /part-00001\.age/,
    arrange: () => truncateSync(at('part-00001.age'), Math.floor(next() * statSync(at('part-00001.age')).size)),
  },
  {
    name: 'a part has grown',
    reason: 'backup-damaged',
    says: /part-00002\.age/,
    arrange: () => change('part-00002.age', (content) => Buffer.concat([content, Buffer.from('x')])),
  },
  {
    name: 'a part is gone',
    reason: 'backup-damaged',
    says: /part-00003\.age is not what was stored \(it has 0 bytes instead/,
    arrange: () => rmSync(at('part-00003.age')),
  },
  {
    name: 'the key is another one',
    reason: 'backup-damaged',
    says: /age: no identity matched/,
    arrange: (attempt) => {
      attempt.options = { ...attempt.options, identityFile: keys[2].identityFile };
    },
  },
  {
    name: 'the key is no key',
    reason: 'backup-damaged',
    says: /age: .*unknown identity type/,
    arrange: (attempt) => {
      const file = join(folder, 'no-key');
      writeFileSync(file, 'AGE-SECRET-KEY-not-one\n');
      attempt.options = { ...attempt.options, identityFile: file };
    },
  },
  {
    name: 'age ends early with exit code 0',
    reason: 'backup-damaged',
    says: /tar .*failed|cannot be read|no such file/i,
    arrange: ({ path }) => before(path, source.bin, 'age', cutAfter(150_000, '0')),
  },
  {
    name: 'age is killed',
    reason: 'backup-damaged',
    says: /age .*(SIGKILL|137)/,
    arrange: ({ path }) => before(path, source.bin, 'age', '"$real" "$@" | head -c 90000; kill -KILL $$'),
  },
  {
    name: 'tar is killed',
    reason: 'backup-damaged',
    says: /tar .*(SIGKILL|137)/,
    arrange: ({ path }) => before(path, source.bin, 'tar', 'head -c 90000 >/dev/null; kill -KILL $$'),
  },
  {
    name: 'rclone ends early with exit code 0',
    reason: 'backup-damaged',
    says: /part-00002\.age is not what was stored/,
    arrange: ({ path }) => before(path, source.bin, 'rclone', cutAfter(100, '0'), 'part-00002'),
  },
  {
    name: 'pg_restore is killed',
    reason: 'backup-failed',
    says: /pg_restore .*(SIGKILL|137)/,
    arrange: ({ path }) => before(path, source.bin, 'pg_restore', '"$real" "$@" & id=$!; sleep 0.1; kill -KILL $id $$', '--dbname'),
  },
  {
    name: 'pg_restore meets an error',
    reason: 'backup-failed',
    says: /pg_restore: .*relation "todo" already exists/,
    arrange: ({ path }) =>
      before(
        path,
        source.bin,
        'pg_restore',
        `PGDATABASE=todo_fault "$(dirname $real)/psql" -XqAtc "CREATE TABLE public.todo (nowhere int)"; exec "$real" "$@"`,
        '--dbname',
      ),
  },
];

const WRONG_TARGETS: Fault[] = [
  {
    name: 'the database exists',
    reason: 'restore-refused',
    says: /The database "todo" exists on 127\.0\.0\.1:\d+: a restore goes into a new database only/,
    arrange: (attempt) => {
      target.sql('CREATE DATABASE todo');
      attempt.after.push(() => void target.sql('DROP DATABASE todo'));
      attempt.options = { ...attempt.options, target: { ...attempt.options.target, database: 'todo' } };
    },
  },
  {
    name: 'the database that the source has, though its name was typed',
    reason: 'restore-refused',
    says: /The database "todo" exists/,
    arrange: (attempt) => {
      const confirm = `127.0.0.1:${source.address.port}/todo`;
      attempt.options = { ...attempt.options, target: { address: source.address, database: 'todo', confirm } };
    },
  },
  ...['', 'yes', 'todo_fault', '127.0.0.1/todo_fault', '127.0.0.1:5432/todo_fault', 'localhost/todo_fault'].map((confirm) => ({
    name: `the source, and what was typed is "${confirm}"`,
    reason: 'restore-refused',
    says: /127\.0\.0\.1:\d+ is the server that was dumped/,
    arrange: (attempt: Attempt) => {
      attempt.options = { ...attempt.options, target: { address: source.address, database: 'todo_fault', confirm } };
    },
  })),
  {
    name: 'nobody can tell whether it is the source',
    reason: 'restore-refused',
    says: /Nobody can tell whether 127\.0\.0\.1:\d+ is the server that was dumped/,
    arrange: (attempt) => {
      const { manifest: own } = attempt.options;
      attempt.options = { ...attempt.options, manifest: { ...own, source: { ...own.source, system: '' } } };
    },
  },
  {
    name: 'the server is older than the dump',
    reason: 'restore-refused',
    says: /is PostgreSQL 1\d\.\d+, and the backup is of 99\.1: an older server cannot take it/,
    arrange: (attempt) => {
      const { manifest: own } = attempt.options;
      attempt.options = { ...attempt.options, manifest: { ...own, source: { ...own.source, server: '99.1' } } };
    },
  },
];

describe(`faults of a restore (FAULT_SEED=${seed})`, () => {
  const rounds = Array.from({ length: Number(process.env.FAULT_ROUNDS ?? 1) }, (_, round) => round + 1);
  const played = sampledRows([...DAMAGED, ...WRONG_TARGETS], 'faults of a restore', 8);
  test.each(played.flatMap((fault) => rounds.map((round) => ({ ...fault, round }))))(
    '$name: red, and no database ($round)',
    async ({ reason, says, arrange }) => {
      const attempt: Attempt = { options: optionsFor('todo_fault'), path: faultFolder(), after: [] };
      const transactions = source.sql('SELECT pg_snapshot_xmax(pg_current_snapshot())');
      arrange(attempt);
      const there = databases(target);
      const box = toolbox(source.bin, s3.location, { path: attempt.path });
      const error = await restoreBackup(attempt.options, box.tools).catch((thrown: unknown) => thrown);
      box.close();
      expect(databases(target)).toBe(there);
      for (const undo of attempt.after) undo();
      rmSync(attempt.path, { recursive: true, force: true });
      expect(error).toBeInstanceOf(DeployError);
      expect((error as DeployError).message).toMatch(says);
      expect((error as DeployError).reason).toBe(reason);
      expect(databases(source)).toBe('postgres template0 template1 todo');
      if (reason === 'restore-refused') expect(source.sql('SELECT pg_snapshot_xmax(pg_current_snapshot())')).toBe(transactions);
    },
  );

  test.each([
    ['is cut off', () => change('manifest.json', (content) => content.subarray(0, 200))],
    ['names a part that is not there', () => rmSync(at('part-00002.age'))],
    ['names another size', () => change('part-00002.age', (content) => content.subarray(1))],
    ['has a field that nobody knows', () => change('manifest.json', (content) => Buffer.from(content.toString().replace('{', '{"x": 1,')))],
    [
      'is that of another backup',
      () => change('manifest.json', (content) => Buffer.from(content.toString().replace(manifest.id, '000009-20260101T000000Z-000000'))),
    ],
    [
      'has its parts in another order',
      () => change('manifest.json', (content) => Buffer.from(content.toString().replace('part-00001', 'part-00003'))),
    ],
  ])('a manifest that %s is no backup', async (_, arrange) => {
    arrange();
    const box = toolbox(source.bin, s3.location);
    const { backups, damaged } = await inventory(box.tools.store);
    box.close();
    expect(backups).toEqual([]);
    expect(damaged.map(({ id }) => id)).toEqual([manifest.id]);
  });
});

const optionsFor = (database: string): RestoreOptions => ({
  manifest,
  identityFile: keys[0].identityFile,
  target: { address: target.address, database },
  fresh: true,
  jobs: 2,
});

test(`50 attempts at a wrong target: no transaction, no database, no byte of the backup opened (FAULT_SEED=${seed})`, async () => {
  const box = toolbox(source.bin, s3.location);
  const where = `127.0.0.1:${source.address.port}`;
  const typed = (name: string): (string | undefined)[] => {
    const [at, wrong] = [Math.floor(next() * name.length), `${where}/${name}`];
    return [
      undefined,
      '',
      name,
      where,
      `${where}/`,
      wrong.toUpperCase(),
      ` ${wrong}`,
      `${wrong} `,
      wrong.slice(0, -1 - at),
      `${wrong}x`,
      `postgresql://${wrong}`,
    ];
  };
  const of = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T;
  const rows = () => source.sql('SELECT count(*), sum(hashtextextended(t::text, 0)) FROM public.todo t', 'todo');
  const state = () => [rows(), databases(source), databases(target), source.sql('SELECT pg_snapshot_xmax(pg_current_snapshot())')];
  const before = state();
  const refused: string[] = [];
  for (let tries = 0; tries < 50; tries += 1) {
    // One that is there, whatever was typed; or the server that was dumped, and what was typed is not its name in full.
    const exists = next() < 0.4;
    const database = exists ? of(['todo', 'postgres', 'template0', 'template1']) : of(['todo_new', 'Todo', 'todo "x"', "to'do"]);
    const confirm = exists ? `${where}/${database}` : of(typed(database));
    const options = { ...optionsFor(database), fresh: false, target: { address: source.address, database, confirm } };
    const error = await restoreBackup(options, box.tools).catch((thrown: unknown) => thrown);
    refused.push(error instanceof DeployError ? error.reason : `${database} ${confirm}: ${error}`);
  }
  box.close();
  expect(refused).toEqual(Array(50).fill('restore-refused'));
  expect(state()).toEqual(before);
});

describe('a restore on the server that was dumped', () => {
  let box: Toolbox;
  beforeAll(() => {
    box = toolbox(source.bin, s3.location);
  });
  afterAll(() => box.close());
  const rows = (): string => source.sql('SELECT count(*) FROM public.todo', 'todo');
  const names = { live: 'todo', restored: 'todo_restored', kept: 'todo_before' };
  const open = () => box.tools.postgres.open(source.address);

  test('goes where its name was typed in full, under load; the app’s database is untouched', async () => {
    const confirm = `127.0.0.1:${source.address.port}/todo_restored`;
    const options = {
      ...optionsFor('todo_restored'),
      fresh: false,
      target: { address: source.address, database: 'todo_restored', confirm },
    };
    expect((await restoreBackup(options, box.tools)).differences).toEqual([]);
    source.sql('DELETE FROM public.todo WHERE id <= 1000', 'todo');
    expect(rows()).toBe('7000');
  });

  test('takes the place of the app’s database though somebody is connected, and is undone in one step', async () => {
    const busy = await box.tools.postgres.open({ ...source.address, database: 'todo' });
    expect(await cutOver(open, names)).toBe('done');
    await expect(busy.run('SELECT 1 WHERE false')).rejects.toThrow();
    expect(rows()).toBe('8000');
    expect(databases(source)).toBe('postgres template0 template1 todo todo_before');
    expect(await cutOver(open, names)).toBe('was done');
    const write = (database: string) => source.sql('UPDATE public.todo SET id = id WHERE id = 7000', database);
    write('todo');
    expect(() => write('todo_before')).toThrow('read-only transaction');
    expect(await cutOver(open, undoOf(names))).toBe('done');
    write('todo');
    expect(() => write('todo_restored')).toThrow('read-only transaction');
    expect(rows()).toBe('7000');
    expect(databases(source)).toBe('postgres template0 template1 todo todo_restored');
  });

  test('holds writes until a cut-over or its undo, whoever is connected; an app that was not held keeps its connections', async () => {
    const write = (database: string) => source.sql('UPDATE public.todo SET id = id WHERE id = 7000', database);
    const connect = () => box.tools.postgres.open({ ...source.address, database: 'todo' });
    const session = await open();
    try {
      const busy = await connect();
      await holdWrites(session, 'todo');
      await expect(busy.run('SELECT 1 WHERE false')).rejects.toThrow();
      expect(() => write('todo')).toThrow('read-only transaction');
      expect(rows()).toBe('7000');
      // There was no cut-over.
      expect(await cutOver(open, undoOf(names))).toBe('was done');
      write('todo');
      const used = await connect();
      expect(await cutOver(open, undoOf(names))).toBe('was done');
      await used.run('SELECT 1 WHERE false');
      await used.close();
      await holdWrites(session, 'todo');
      expect(await cutOver(open, names)).toBe('done');
      write('todo');
      expect(() => write('todo_before')).toThrow('read-only transaction');
      expect(await cutOver(open, undoOf(names))).toBe('done');
      write('todo');
    } finally {
      await session.close();
    }
  });

  test('a cut-over that cannot be leaves the app connected', async () => {
    await expect(cutOver(open, { ...names, restored: 'nobodys' })).rejects.toThrow(
      'The database "nobodys" does not exist: nothing was renamed',
    );
    source.sql("ALTER DATABASE todo_restored IS_TEMPLATE true; UPDATE pg_database SET datname = 'todo_before' WHERE false");
    const session = await open();
    await session.run('BEGIN');
    await session.run('SELECT 1 FROM pg_catalog.pg_database WHERE false');
    const failing = async () => {
      const real = await open();
      return {
        ...real,
        rows: real.rows.bind(real),
        close: real.close.bind(real),
        run: (sql: string) => real.run(sql.replace('COMMIT', 'SELECT 1/0')),
      };
    };
    await expect(cutOver(failing, names)).rejects.toThrow('division by zero');
    await session.close();
    expect(rows()).toBe('7000');
    expect(source.sql('SELECT count(*) FROM public.todo', 'todo_restored')).toBe('8000');
  });
});
