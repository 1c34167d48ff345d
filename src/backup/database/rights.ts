import { DeployError } from '../../interfaces/errors.ts';
import type { Session } from '../../interfaces/postgres.ts';
import { TABLES, UNREADABLE_LARGE_OBJECTS } from './queries.ts';
import type { Server } from './server.ts';

export interface Table {
  name: string;
  /** `r`: a table; `S`: a sequence. */
  kind: 'r' | 'S';
  condition: string;
  readable: boolean;
  /** Row security hides rows from this role. */
  hidden: boolean;
}

const SHOWN = 10;

/** Refuses what would be less than the whole database. Returns its tables and sequences. */
export async function wholeDatabase(session: Session, server: Server, client: string): Promise<Table[]> {
  const clientMajor = Number.parseInt(client, 10);
  if (clientMajor < server.major) {
    throw refused(`The server is PostgreSQL ${server.version}, and pg_dump is ${client}: an older one cannot dump it`, 'use a newer image');
  }
  const tables = await session.rows<Table>(TABLES);
  const unreadable = tables.filter(({ readable }) => !readable).map(({ name }) => name);
  if (unreadable.length > 0) {
    const grant = `GRANT pg_read_all_data TO "${server.role}"`;
    throw refused(`The role "${server.role}" may not read ${some(unreadable)}`, `as a superuser of the database: ${grant}`);
  }
  const hidden = tables.filter((table) => table.hidden).map(({ name }) => name);
  if (hidden.length > 0) {
    const words = `The role "${server.role}" does not see every row: row security hides rows of ${some(hidden)} from it`;
    throw refused(words, `as a superuser of the database: ALTER ROLE "${server.role}" BYPASSRLS`);
  }
  const objects = server.super ? [] : await session.rows<{ oid: string }>(UNREADABLE_LARGE_OBJECTS);
  if (objects.length > 0) {
    const words = `The role "${server.role}" may not read ${some(objects.map(({ oid }) => `large object ${oid}`))}`;
    throw refused(words, `grant it SELECT on them, or dump as their owner`);
  }
  return tables;
}

const refused = (message: string, hint: string): DeployError => new DeployError('backup-refused', message, { hint });

const some = (names: readonly string[]): string =>
  names.slice(0, SHOWN).join(', ') + (names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '');
