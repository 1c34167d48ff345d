import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { joined, piecesOf, type RowsOf } from '../../../src/backup/database/pieces.ts';
import { ONE_TEXT, ROWS } from '../../../src/backup/database/queries.ts';
import { SEED, STAGE_LIMIT_MS } from '../../support/backup-stage.ts';
import { type Server, startPostgres } from '../../support/postgres/server.ts';

/** Whatever a session is asked, its search path is empty. */
const SETTINGS = `SET search_path = ''; ${ONE_TEXT}`;
const KINDS = 'public.kinds';

let server: Server;
let tables: RowsOf[];
beforeAll(async () => {
  server = await startPostgres('oldest');
  server.sql(SEED);
  tables = server
    .sql(`${SETTINGS}; ${ROWS}`, 'todo')
    .split('\n')
    .map((line): RowsOf => JSON.parse(line));
}, STAGE_LIMIT_MS);
afterAll(() => server?.close());

const table = (name: string): RowsOf => tables.find((one) => one.name === name) as RowsOf;
const queryOf = (name: string, most?: number): string[] => piecesOf([table(name)], 'columns', most).map(({ sql }) => sql);
const ask = (...statements: string[]): { rows: string; hash: string }[] =>
  server
    .sql([SETTINGS, ...statements].join(';\n'), 'todo')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

test('every cell of every row counts, whatever stands beside it', () => {
  const [query = ''] = queryOf(KINDS);
  const [whole] = ask(query);
  const rows = server.sql(`SELECT string_agg(ctid::text, ';' ORDER BY ctid) FROM ${KINDS}`, 'todo').split(';');
  const cells = table(KINDS).columns.flatMap(({ name }) => rows.map((row) => ({ name, row })));
  expect(cells.length).toBe(12 * 17);
  const changed = ask(
    ...cells.map(({ name, row }) => {
      const other = `(SELECT k.${name} FROM ${KINDS} k WHERE k.${name} IS NOT NULL LIMIT 1)`;
      const change = `UPDATE ${KINDS} SET ${name} = CASE WHEN ${name} IS NULL THEN ${other} END WHERE ctid = '${row}'`;
      return `BEGIN; ${change}; ${query}; ROLLBACK`;
    }),
  );
  // What no row has has nothing to be changed to.
  const isSet = cells.map(({ name }) => name !== 'raw');
  const unseen = cells.filter((_, index) => isSet[index] && changed[index]?.hash === whole?.hash);
  expect([changed.length, unseen]).toEqual([cells.length, []]);
  // Of two rows that are the same, either one may be the one that changed; no other two changes make the same table.
  const seen = new Set(changed.filter((_, index) => isSet[index]).map(({ hash }) => hash));
  expect(seen.size).toBe((12 - 2) * 16);
});

test('the order of rows and of columns does not count, each row that is there twice does', () => {
  const [query = ''] = queryOf(KINDS);
  const [whole] = ask(query);
  const as = (select: string) =>
    ask(`BEGIN; CREATE TEMPORARY TABLE again AS ${select}`, query.replace(`FROM ONLY ${KINDS}`, 'FROM pg_temp.again'), 'ROLLBACK')[0];
  expect(as(`SELECT * FROM ${KINDS} ORDER BY random()`)).toEqual(whole);
  const names = table(KINDS).columns.map(({ name }) => name);
  expect(as(`SELECT ${names.toReversed().join(', ')} FROM ${KINDS}`)).toEqual(whole);
  expect(as(`SELECT DISTINCT ON (i, t) * FROM ${KINDS}`)?.hash).not.toBe(whole?.hash);
});

test('a table in pieces is the table', () => {
  const whole = ask(...queryOf('public.todo'));
  const pieces = ask(...queryOf('public.todo', 3));
  expect(pieces.length).toBeGreaterThan(20);
  const named = pieces.map((piece) => ({ name: 'public.todo', ...piece }));
  expect(joined([table('public.todo')], named)).toEqual([expect.objectContaining({ ...whole[0] })]);
});
