import { describe, expect, test } from '@jest/globals';
import { type Column, hashingOf, rowHash } from '../../../src/backup/database/hashing.ts';
import { joined, piecesOf, type RowsOf } from '../../../src/backup/database/pieces.ts';

const column = (name: string, type: string, filled = false): Column => ({ name, type, filled });
const table = (name: string, blocks = 0, condition = ''): RowsOf => ({ name, blocks, condition, columns: [column('id', 'integer')] });
const WHERE = /WHERE .*$/;
const rangesOf = (tables: readonly RowsOf[], most?: number) =>
  piecesOf(tables, 'columns', most).map(({ table: name, sql }) => [name, WHERE.exec(sql)?.[0] ?? '']);

describe('the hash of a row', () => {
  test('is a chain: each column has the hash of those before it as its seed', () => {
    const columns = [column('a', 'integer'), column('"B b"', 'text'), column('c', 'uuid')];
    const nulls = 'CASE WHEN r.a IS NULL THEN 1 ELSE 0 END + CASE WHEN r."B b" IS NULL THEN 2 ELSE 0 END';
    const a = `hashint4extended(coalesce(r.a::int4, 0), hashint4extended(${nulls}, 1))`;
    const b = `hashtextextended(coalesce(r."B b"::text, '') COLLATE "C", ${a})`;
    expect(rowHash(columns)).toBe(`hash_array_extended(ARRAY[coalesce(uuid_send(r.c), '')], ${b})`);
  });

  test('takes what it does not know by the text that a dump holds of it, at last and at once', () => {
    const odd = [column('a', 'public.mood'), column('b', 'text[]'), column('c', 'character'), column('d', 'public.text')];
    expect(rowHash(odd)).toBe('hashtextextended(ROW(r.a, r.b, r.c, r.d)::text COLLATE "C", 1)');
    expect(rowHash([column('c', 'character', true)])).toContain('hashbpcharextended(');
    expect(rowHash([])).toBe('1');
  });

  test('has a bit for the NULL of every column that needs one, and is not nested deeper than a server takes', () => {
    const many = Array.from({ length: 1600 }, (_, index) => column(`c${index}`, 'integer'));
    const hash = rowHash(many);
    expect(hash.match(/IS NULL/g)).toHaveLength(200);
    expect(hash.match(/hashint4extended\(CASE/g)).toHaveLength(7);
    expect(hash).not.toContain(String(2 ** 31));
    expect(/ROW\((.*)\)::text/.exec(hash)?.[1]?.split(', ')).toHaveLength(1400);
  });
});

describe('a table in pieces', () => {
  test('is read whole where it is small or only a part of it is dumped; a large one block by block, the last piece without an end', () => {
    expect(rangesOf([table('small', 10), table('other')], 10)).toEqual([
      ['small', ''],
      ['other', ''],
    ]);
    expect(rangesOf([table('config', 90, 'WHERE mine')], 10)).toEqual([['config', 'WHERE mine']]);
    expect(rangesOf([table('large', 21)], 10)).toEqual([
      ['large', "WHERE ctid < '(10,0)'"],
      ['large', "WHERE ctid >= '(10,0)' AND ctid < '(20,0)'"],
      ['large', "WHERE ctid >= '(20,0)'"],
    ]);
  });

  test('is one again, whatever the order in which pieces come', () => {
    const tables = [table('b'), table('a')];
    const pieces = [
      { name: 'a', rows: '1', hash: '-9223372036854775808 5' },
      { name: 'b', rows: '0', hash: '0 0' },
      { name: 'a', rows: '18446744073709551616', hash: '-9223372036854775808 -7' },
    ];
    const whole = [
      { name: 'b', rows: '0', hash: '0 0' },
      { name: 'a', rows: '18446744073709551617', hash: '-18446744073709551616 -2' },
    ];
    expect(joined(tables, pieces)).toEqual(whole);
    expect(joined(tables, pieces.toReversed())).toEqual(whole);
  });
});

test('a manifest that does not say how it was hashed is one of the first', () => {
  expect([hashingOf({}), hashingOf({ hashing: 'columns' })]).toEqual(['text', 'columns']);
});
