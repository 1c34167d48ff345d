import { DeployError } from '../../interfaces/errors.ts';
import type { DatabaseAddress, Postgres, SequenceValue, Session } from '../../interfaces/postgres.ts';
import { settled } from '../streams.ts';
import { definitionsIn } from './definitions.ts';
import type { Hashing } from './hashing.ts';
import type { DatabaseManifest, LargeObject, Named, TableContent } from './model.ts';
import { joined, type Piece, piecesOf, type RowsOf } from './pieces.ts';
import { DATABASE, EXTENSIONS, LARGE_OBJECTS, ONE_TEXT, ROLES, ROWS } from './queries.ts';
import type { Table } from './rights.ts';

export interface Reading {
  postgres: Postgres;
  address: DatabaseAddress;
  /** Of an open session. */
  snapshot: string;
  /** Connections that hash at a time. */
  jobs: number;
  /** As a manifest says that it is compared with; by itself the quickest that the database allows. */
  hashing?: Hashing | undefined;
  /** Of a table that are hashed at a time. */
  pieceBlocks?: number | undefined;
}

/** Everything of a manifest but its sequences: those are what the dump says. */
export type WithoutSequences = Omit<DatabaseManifest, 'sequences'>;

/** Reads what a database holds at a snapshot, in sessions of its own. */
export async function readDatabase(reading: Reading): Promise<WithoutSequences> {
  const { postgres, address, snapshot } = reading;
  const [contents, script] = await settled([readContents(reading), postgres.definitions(address, snapshot)]);
  return { schema: 1, client: await postgres.clientVersion(), ...contents, definitions: definitionsIn(script, contents.hashing) };
}

type Contents = Omit<WithoutSequences, 'schema' | 'client' | 'definitions'> & { hashing: Hashing };

async function readContents(reading: Reading): Promise<Contents> {
  const sessions = [await openAt(reading)];
  const [lead] = sessions as [Session];
  try {
    const [database = {}] = await lead.rows<Record<string, string>>(DATABASE);
    const named = await lead.rows<RowsOf>(ROWS);
    const tables = named.toSorted((a, b) => b.blocks - a.blocks);
    for (let from = 0; from < tables.length; from += MANY) await lead.run(lock(tables.slice(from, from + MANY)));
    const hashing = reading.hashing ?? (database.encoding === 'UTF8' ? 'columns' : 'text');
    const queue = (some: readonly RowsOf[]): Piece[] => piecesOf(some, hashing, reading.pieceBlocks);
    const [shared, own] = [queue(tables.slice(0, MANY)), queue(tables.slice(MANY))];
    const helpers = await openHelpers(reading, tables.slice(0, MANY), Math.min(reading.jobs, shared.length) - 1);
    sessions.push(...helpers);
    const [others, ...read] = await settled([
      readOthers(lead),
      work(lead, own).then(async (first) => [...first, ...(await work(lead, shared))]),
      ...helpers.map((helper) => work(helper, shared)),
    ]);
    await lead.close();
    return { database, hashing, tables: joined(named, read.flat()), ...others };
  } finally {
    // An error of its own would have been seen by now.
    await Promise.allSettled(sessions.map((session) => session.close()));
  }
}

async function openAt({ postgres, address, snapshot }: Reading): Promise<Session> {
  const session = await postgres.open(address);
  await session.run(`${ONE_TEXT}; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '${snapshot}'`);
  return session;
}

/** Tables of a statement, and those that more than one connection reads: the largest. Locks are few on a server. */
const MANY = 200;

/** Against whoever moves rows (VACUUM FULL, CLUSTER) between two pieces of a table. */
const lock = (tables: readonly RowsOf[]): string =>
  `LOCK TABLE ${tables.map(({ name }) => `ONLY ${name}`).join(', ')} IN ACCESS SHARE MODE`;

/**
 * Connections that hash beside the first one. Whoever waits to change a table would wait for the first one, and be waited for by these, for
 * ever: so each has all locks before it begins, or does not begin. None of them has to be there.
 */
async function openHelpers(reading: Reading, tables: readonly RowsOf[], count: number): Promise<Session[]> {
  const opened = await Promise.allSettled(
    Array.from({ length: Math.max(0, count) }, async () => {
      const session = await openAt(reading);
      await session.run(`${lock(tables)} NOWAIT`);
      return session;
    }),
  );
  return opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

/** Takes pieces until there is none; one that fails leaves none for the others. */
async function work(session: Session, pieces: Piece[]): Promise<TableContent[]> {
  const read: TableContent[] = [];
  for (let piece = pieces.shift(); piece; piece = pieces.shift()) {
    try {
      const [content] = await session.rows<TableContent>(piece.sql);
      if (!content) throw new DeployError('backup-failed', `The database server does not answer what table ${piece.table} holds`);
      read.push(content);
    } catch (error) {
      pieces.splice(0);
      throw error;
    }
  }
  return read;
}

async function readOthers(session: Session): Promise<Pick<WithoutSequences, 'largeObjects' | 'extensions' | 'roles'>> {
  const largeObjects = await session.rows<LargeObject>(LARGE_OBJECTS);
  const extensions = await session.rows<Named>(EXTENSIONS);
  return { largeObjects, extensions, roles: await session.rows<Named>(ROLES) };
}

/** Values of sequences as they are now: they belong to no snapshot. */
export async function readSequences(session: Session, tables: readonly Table[]): Promise<SequenceValue[]> {
  const values: SequenceValue[] = [];
  for (const { name } of tables.filter(({ kind }) => kind === 'S')) {
    const row = `pg_catalog.jsonb_build_object('value', last_value::text, 'called', is_called)`;
    const [value] = await session.rows<Omit<SequenceValue, 'name'>>(`SELECT ${row} FROM ${name}`);
    if (value) values.push({ name, ...value });
  }
  return values;
}
