import type { DatabaseAddress, Postgres, SequenceValue, Session } from '../../interfaces/postgres.ts';
import { definitionsIn } from './definitions.ts';
import type { DatabaseManifest, LargeObject, Named, TableContent } from './model.ts';
import { DATABASE, EXTENSIONS, LARGE_OBJECTS, ONE_TEXT, ROLES, tableContent } from './queries.ts';
import type { Table } from './rights.ts';

export interface Reading {
  postgres: Postgres;
  address: DatabaseAddress;
  /** Of an open session. */
  snapshot: string;
  tables: readonly Table[];
}

/** Everything of a manifest but its sequences: those are what the dump says. */
export type WithoutSequences = Omit<DatabaseManifest, 'sequences'>;

/** Reads what a database holds at a snapshot, in a session of its own. */
export async function readDatabase({ postgres, address, snapshot, tables }: Reading): Promise<WithoutSequences> {
  const session = await postgres.open(address);
  await session.run(`${ONE_TEXT}; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '${snapshot}'`);
  const contents: TableContent[] = [];
  for (const { name, condition, kind } of tables) {
    if (kind === 'r') contents.push(...(await session.rows<TableContent>(tableContent(name, condition))));
  }
  const [database = {}] = await session.rows<Record<string, string>>(DATABASE);
  const largeObjects = await session.rows<LargeObject>(LARGE_OBJECTS);
  const extensions = await session.rows<Named>(EXTENSIONS);
  const roles = await session.rows<Named>(ROLES);
  await session.close();
  const definitions = definitionsIn(await postgres.definitions(address, snapshot));
  return { schema: 1, client: await postgres.clientVersion(), database, tables: contents, largeObjects, extensions, roles, definitions };
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
