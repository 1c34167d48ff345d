import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DatabaseManifest } from '../../../src/backup/database/model.ts';
import { askServer } from '../../../src/backup/database/server.ts';
import { differences, readBack, restoreBackup, takeBackup } from '../../../src/backup/index.ts';
import { type Toolbox, takeOptions, toolbox } from '../../support/backup.ts';
import { openStage, SEED, STAGE_LIMIT_MS, type Stage } from '../../support/backup-stage.ts';
import type { Server } from '../../support/postgres/server.ts';
import { randomOf } from '../../support/random.ts';
import { sampledRows } from '../../support/sample.ts';

const seed = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);
const next = randomOf(seed);
const row = (): number => 1 + Math.floor(next() * 8000);

/** What is planted, and the line that names it. */
const kinds: readonly (readonly [kind: string, sql: () => string, names: RegExp])[] = [
  ['row missing', () => `DELETE FROM public.todo WHERE id = ${row()}`, /^table public\.todo: 7999 rows instead of 8000$/],
  ['row too many', () => "INSERT INTO audit.log VALUES (1, 'the same')", /^table audit\.log: 1001 rows instead of 1000$/],
  [
    'row twice, another gone',
    () => `UPDATE audit.log SET who = 1 WHERE ctid = (SELECT ctid FROM audit.log WHERE who = 2 LIMIT 1)`,
    /^table audit\.log: its 1000 rows hold something else$/,
  ],
  [
    'byte of a text',
    () =>
      `ALTER TABLE public.todo DISABLE TRIGGER USER; UPDATE public.todo SET title = overlay(title PLACING 'X' FROM 1 FOR 1) WHERE id = ${row()}; ALTER TABLE public.todo ENABLE TRIGGER USER`,
    /^table public\.todo: its 8000 rows hold something else$/,
  ],
  [
    'bit of a bytea',
    () =>
      `ALTER TABLE public.todo DISABLE TRIGGER USER; UPDATE public.todo SET b = set_bit(b, ${Math.floor(next() * 512)}, 1 - get_bit(b, 0)) WHERE id = 5; UPDATE public.todo SET b = set_bit(b, 3, 1 - get_bit(b, 3)) WHERE id = 5; ALTER TABLE public.todo ENABLE TRIGGER USER`,
    /^table public\.todo: its 8000 rows/,
  ],
  [
    'last bit of a float',
    () =>
      `ALTER TABLE public.todo DISABLE TRIGGER USER; UPDATE public.todo SET f = f * (1 + 2.3e-16) WHERE id = 4; ALTER TABLE public.todo ENABLE TRIGGER USER`,
    /^table public\.todo: its 8000 rows/,
  ],
  [
    'microsecond',
    () =>
      `ALTER TABLE public.todo DISABLE TRIGGER USER; UPDATE public.todo SET at = at + '1 microsecond' WHERE id = ${row()}; ALTER TABLE public.todo ENABLE TRIGGER USER`,
    /^table public\.todo: its 8000 rows/,
  ],
  [
    'NULL and empty',
    () => `UPDATE public."Odd ""Name"" 'q'" SET "Col" = '' WHERE "Col" IS NULL`,
    /^table public\."Odd ""Name"" 'q'": its 3 rows/,
  ],
  [
    'trailing zero of a numeric',
    () =>
      `ALTER TABLE public.todo DISABLE TRIGGER USER; UPDATE public.todo SET n = 7.00 WHERE id = 49; ALTER TABLE public.todo ENABLE TRIGGER USER`,
    /^table public\.todo: its 8000 rows/,
  ],
  ...(
    [
      ['values that two rows have swapped', 'SET i = 3 - i WHERE i IN (1, 2)'],
      ['the same swap in two pairs of rows', "SET t = CASE t WHEN 'x' THEN 'y' ELSE 'x' END WHERE i > 10"],
      ['values that two columns have swapped', 'SET t = v, v = t WHERE i = 1'],
      ['both halves of a bigint', 'SET big = big # 4294967297 WHERE i = 1'],
      ['NULL and 0', 'SET n = 0 WHERE i = 2'],
      ['NULL in the other column', 'SET n = m, m = n WHERE i = 2'],
      ['a column before others that are NULL', 'SET big = 7 WHERE i = 2'],
      ['NULL and no bytes', "SET raw = '' WHERE i = 3"],
      ['NULL and an empty text', "SET t = '' WHERE i = 3"],
      ['0 and -0', "SET f = '-0' WHERE i = 1"],
      ['a day and 24 hours', "SET span = '24:00' WHERE i = 1"],
      ['1.5 and 1.50', 'SET num = 1.50 WHERE i = 1'],
      ['blanks at the end', "SET v = 'b ' WHERE i = 1"],
      ['a byte of a uuid', "SET u = '00000000-0000-4000-8000-000000000002' WHERE i = 1"],
      ['the order of keys in a json', `SET j = '{"b":1,"a":2}' WHERE i = 1`],
      ['one element of an array', "SET tags = '{a,c}' WHERE i = 1"],
      ['a label of a type of its own', "SET mood = 'bad' WHERE i = 1"],
      ['what no column has, for a row that is there twice', 'SET i = 21 WHERE ctid = (SELECT min(ctid) FROM public.kinds WHERE i = 20)'],
    ] as const
  ).map(
    ([kind, change]) => [kind, () => `UPDATE public.kinds ${change}`, /^table public\.kinds: its 12 rows hold something else$/] as const,
  ),
  ['row of a partition', () => 'DELETE FROM public.parted WHERE id = 7', /^table public\.parted_a: 99 rows instead of 100$/],
  ['table missing', () => 'DROP TABLE public.cache', /^table public\.cache: missing$/],
  ['table too many', () => 'CREATE TABLE public.more ()', /^table public\.more: was not dumped$/],
  [
    'sequence',
    () => "SELECT setval('public.todo_id_seq', 9007199254740994)",
    /^sequence public\.todo_id_seq: 9007199254740994 instead of 9007199254740993$/,
  ],
  ['sequence used', () => "SELECT setval('public.tickets', -1, true)", /^sequence public\.tickets: -1 instead of -1 \(not used\)$/],
  ['increment of a sequence', () => 'ALTER SEQUENCE public.tickets INCREMENT BY -2', /^SEQUENCE public\.tickets: defined otherwise$/],
  ['owner of a table', () => 'ALTER TABLE public.todo OWNER TO reader', /^TABLE public\.todo: defined otherwise$/],
  ['owner of a schema', () => 'ALTER SCHEMA audit OWNER TO app', /^SCHEMA audit: defined otherwise$/],
  ['owner of a function', () => 'ALTER FUNCTION public.touch() OWNER TO app', /^FUNCTION public\.touch\(\): defined otherwise$/],
  ['owner of the database', (): string => 'ALTER DATABASE planted OWNER TO reader', /^database owner: reader instead of app$/],
  ['grant missing', () => 'REVOKE SELECT ON public.todo FROM reader', /^ACL public\.TABLE todo: (missing|defined otherwise)$/],
  ['grant too many', () => 'GRANT DELETE ON public.todo TO reader', /^ACL public\.TABLE todo: defined otherwise$/],
  [
    'grant option of a column',
    () => 'REVOKE GRANT OPTION FOR UPDATE (title) ON public.todo FROM reader',
    /^ACL public\.COLUMN todo\.title: defined otherwise$/,
  ],
  ['grant on the database', () => 'GRANT CREATE ON DATABASE planted TO reader', /^database acl: /],
  [
    'default privileges',
    () => 'ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM reader',
    /^DEFAULT ACL public\.DEFAULT PRIVILEGES FOR TABLES: missing$/,
  ],
  ['setting of the database', () => "ALTER DATABASE planted SET statement_timeout = '2h'", /^database settings: /],
  ['setting of a role in the database', () => 'ALTER ROLE app IN DATABASE planted RESET search_path', /^database settings: /],
  ['large object missing', () => 'SELECT lo_unlink(4242)', /^large object 4242: missing$/],
  ['large object too many', () => "SELECT lo_from_bytea(5000, 'x')", /^large object 5000: was not dumped$/],
  ['byte of a large object', () => `SELECT lo_put(4243, ${Math.floor(next() * 2_000_000)}, '\\x00')`, /^large object 4243: 2400000 bytes/],
  ['length of a large object', () => "SELECT lo_put(4244, 0, 'x')", /^large object 4244: 1 bytes/],
  ['grant on a large object', () => 'REVOKE SELECT ON LARGE OBJECT 4242 FROM reader', /^large object 4242: /],
  ['owner of a large object', () => 'ALTER LARGE OBJECT 4243 OWNER TO app', /^large object 4243: .*owner app/],
  ['extension missing', () => 'DROP EXTENSION plpgsql CASCADE', /^extension plpgsql: missing$/],
  ['index missing', () => 'DROP INDEX public.todo_title', /^INDEX public\.todo_title: missing$/],
  [
    'column of an index',
    () => 'DROP INDEX public.todo_title; CREATE INDEX todo_title ON public.todo (title DESC)',
    /^INDEX public\.todo_title: defined otherwise$/,
  ],
  ['key', () => 'ALTER TABLE public.todo DROP CONSTRAINT todo_pkey', /^CONSTRAINT public\.todo todo_pkey: missing$/],
  ['role missing', () => 'DROP ROLE "Odd ""Role"""', /^role Odd "Role": missing$/],
  ['role too many', () => 'CREATE ROLE another', /^role another: was not dumped$/],
  ['right of a role', () => 'ALTER ROLE app CREATEDB', /^role app: /],
  ['membership of a role', () => 'REVOKE reader FROM app', /^role app: /],
  ['setting of a role', () => "ALTER ROLE app SET work_mem = '9MB'", /^role app: /],
  [
    'view',
    () => 'CREATE OR REPLACE VIEW public.open_todo AS SELECT * FROM public.todo WHERE done',
    /^VIEW public\.open_todo: defined otherwise$/,
  ],
  ['materialized view missing', () => 'DROP MATERIALIZED VIEW public.counts', /^MATERIALIZED VIEW public\.counts: missing$/],
  ['trigger missing', () => 'DROP TRIGGER todo_touch ON public.todo', /^TRIGGER public\.todo todo_touch: missing$/],
  ['trigger disabled', () => 'ALTER TABLE public.todo DISABLE TRIGGER todo_touch', /^TRIGGER public\.todo todo_touch: defined otherwise$/],
  [
    'function',
    () => "CREATE OR REPLACE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'",
    /^FUNCTION public\.touch\(\): defined otherwise$/,
  ],
  ['default', () => 'ALTER TABLE public.todo ALTER done SET DEFAULT true', /^(TABLE|DEFAULT) public\.todo.*: defined otherwise$/],
  ['default missing', () => 'ALTER TABLE public.todo ALTER id DROP DEFAULT', /^DEFAULT public\.todo id: missing$/],
  ['NOT NULL', () => 'ALTER TABLE public.todo ALTER title DROP NOT NULL', /^TABLE public\.todo: defined otherwise$/],
  ['column', () => 'ALTER TABLE audit.log ADD more int', /^TABLE audit\.log: defined otherwise$/],
  ['label of an enum', () => "ALTER TYPE public.mood ADD VALUE 'so so'", /^TYPE public\.mood: defined otherwise$/],
  [
    'check of a domain',
    () => 'ALTER DOMAIN public.positive DROP CONSTRAINT positive_check',
    /^DOMAIN public\.positive: defined otherwise$/,
  ],
  ['comment', () => "COMMENT ON TABLE public.todo IS 'What was to be done'", /^COMMENT public\.TABLE todo: defined otherwise$/],
  ['row security', () => 'ALTER TABLE public.todo ENABLE ROW LEVEL SECURITY', /^ROW SECURITY public\.todo: was not dumped$/],
  ['publication missing', () => 'DROP PUBLICATION every', /^PUBLICATION every: missing$/],
];
const ROUNDS = process.env.PROOF_SEEDS === undefined ? 1 : 2;

const planted = sampledRows(kinds, 'planted differences', 12).map(([kind, sql, names]) => ({ kind, sql, names }));

let [source, target]: [Server, Server] = [] as never;
let stage: Stage;
let box: Toolbox;
let dumped: DatabaseManifest;

const read = async (database: string): Promise<DatabaseManifest> => {
  const address = { ...target.address, database };
  const session = await box.tools.postgres.open(address);
  const server = await askServer(session);
  await session.close();
  return await readBack(box.tools, address, server, { jobs: 2 });
};

beforeAll(async () => {
  stage = await openStage({ servers: 2 });
  [source, target] = stage.servers as [Server, Server];
  const { s3, keys } = stage;
  source.sql(SEED);
  box = toolbox(source.bin, s3.location);
  const { manifest } = await takeBackup(takeOptions({ ...source.address, database: 'todo' }, keys), box.tools);
  const to = { address: target.address, database: 'planted' };
  const options = { manifest, identityFile: keys[0].identityFile, target: to, fresh: true, jobs: 2 };
  expect((await restoreBackup(options, box.tools)).differences).toEqual([]);
  dumped = await read('planted');
  target.stop('fast');
  target.keep();
  target.start();
}, STAGE_LIMIT_MS);
afterAll(async () => {
  box?.close();
  await stage?.close();
});

describe(`a restored database in which one thing is different (FAULT_SEED=${seed})`, () => {
  test('there is nothing to find where nothing is', async () => {
    expect(differences(dumped, await read('planted'), { sameWords: true })).toEqual([]);
  });

  for (let round = 1; round <= ROUNDS; round++) {
    test.each(planted)(`$kind is found and named (${round})`, async ({ sql, names }) => {
      try {
        target.sql(sql(), 'planted');
        const found = differences(dumped, await read('planted'), { sameWords: true });
        expect(found).toEqual(expect.arrayContaining([expect.stringMatching(names)]));
      } finally {
        target.again();
      }
    });
  }
});
