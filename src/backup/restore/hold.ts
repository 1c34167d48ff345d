import { literal, quoted, type Session } from '../../interfaces/postgres.ts';

/** As a database's own default: whoever connects may only read, unless a session says otherwise. */
const READ_ONLY = 'default_transaction_read_only';

export const setReadOnly = (database: string): string => `ALTER DATABASE ${quoted(database)} SET ${READ_ONLY} = on`;
export const resetReadOnly = (database: string): string => `ALTER DATABASE ${quoted(database)} RESET ${READ_ONLY}`;

/** From now on nothing is written there: every session is ended, and whoever connects again may only read. Safe to repeat. */
export async function holdWrites(session: Session, database: string): Promise<void> {
  await session.run(setReadOnly(database));
  await endSessions(session, database);
}

/** Writes go on in a database that was held; one that was not is left alone, with whoever is connected. */
export async function letGo(session: Session, database: string): Promise<void> {
  const held = await session.rows(`
    SELECT pg_catalog.jsonb_build_object('held', true) FROM pg_catalog.pg_db_role_setting s
    JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
    WHERE d.datname = ${literal(database)} AND s.setrole = 0 AND ${literal(`${READ_ONLY}=on`)} = ANY (s.setconfig)`);
  if (held.length === 0) return;
  await session.run(resetReadOnly(database));
  await endSessions(session, database);
}

/** Ends everybody's session in a database, and waits until it has ended. */
export async function endSessions(session: Session, database: string): Promise<void> {
  await session.rows(
    `SELECT pg_catalog.jsonb_build_object('ended', pg_catalog.pg_terminate_backend(pid, 10000)) FROM pg_catalog.pg_stat_activity WHERE datname = ${literal(database)}`,
  );
}
