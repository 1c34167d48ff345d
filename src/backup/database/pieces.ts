import { literal } from '../../interfaces/postgres.ts';
import { type Column, type Hashing, ROW, rowHash } from './hashing.ts';
import type { TableContent } from './model.ts';

/** A table whose rows are hashed, as the catalog knew it at the snapshot. */
export interface RowsOf {
  name: string;
  condition: string;
  /** 0 where it cannot be read in parts. */
  blocks: number;
  columns: Column[];
}

/** A part of a table: its rows and their hash. */
export interface Piece {
  table: string;
  sql: string;
}

/** 64 MiB: few enough to ask for one after the other, enough of them for all connections to end at the same time. */
const PIECE_BLOCKS = 8192;

/** Pure: what is asked of the server. A large table goes in pieces, since sums can be added: so it takes all connections, not one. */
export const piecesOf = (tables: readonly RowsOf[], hashing: Hashing, most = PIECE_BLOCKS): Piece[] =>
  tables.flatMap(({ name, condition, blocks, columns }) =>
    ranges(blocks, most, condition).map((where) => ({ table: name, sql: pieceQuery(hashing, name, columns, where) })),
  );

/** The last one has no end: rows that have come since are seen by no snapshot, and those that are were there before the blocks were counted. */
function ranges(blocks: number, most: number, condition: string): string[] {
  const count = condition === '' ? Math.max(1, Math.ceil(blocks / most)) : 1;
  return Array.from({ length: count }, (_, index) => {
    const from = index === 0 ? [] : [`ctid >= '(${index * most},0)'`];
    const to = index === count - 1 ? [] : [`ctid < '(${(index + 1) * most},0)'`];
    const range = [...from, ...to].join(' AND ');
    return range === '' ? condition : `WHERE ${range}`;
  });
}

function pieceQuery(hashing: Hashing, name: string, columns: readonly Column[], where: string): string {
  const row = hashing === 'text' ? '"todo-deploy row"' : ROW;
  const texts = [1, 2].map((seed) => `hashtextextended(${row}::text COLLATE "C", ${seed})`);
  const hashes = hashing === 'text' ? texts : [rowHash(columns)];
  const sums = hashes.map((hash) => `coalesce(sum(${hash}), 0)::text`).join(` || ' ' || `);
  return `SELECT pg_catalog.jsonb_build_object('name', ${literal(name)}, 'rows', count(*)::text, 'hash', ${sums}) FROM ONLY ${name} ${row} ${where}`;
}

/** Pure: of each table one, in their order. */
export function joined(tables: readonly RowsOf[], pieces: readonly TableContent[]): TableContent[] {
  const whole = new Map(tables.map(({ name }): [string, TableContent] => [name, { name, rows: '0', hash: '' }]));
  for (const { name, rows, hash } of pieces) {
    const so = whole.get(name);
    if (so) whole.set(name, { name, rows: added(so.rows, rows), hash: so.hash === '' ? hash : added(so.hash, hash) });
  }
  return [...whole.values()];
}

/** Numbers of any length, with spaces between them. */
function added(one: string, other: string): string {
  const others = other.split(' ');
  return one
    .split(' ')
    .map((number, index) => String(BigInt(number) + BigInt(others[index] ?? 0)))
    .join(' ');
}
