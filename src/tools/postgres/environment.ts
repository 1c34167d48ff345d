import type { DatabaseAddress } from '../../interfaces/postgres.ts';

/** A server that does not answer at all, s. */
const CONNECT_LIMIT_S = 20;

/**
 * Pure: how libpq's programs reach a database. Everything that they would read from files of the user's is shut: another password, service or
 * key would go to another server.
 */
export function libpqEnvironment(address: DatabaseAddress): Record<string, string | undefined> {
  return {
    PGHOST: address.host,
    PGPORT: String(address.port),
    PGUSER: address.user,
    PGDATABASE: address.database,
    PGPASSWORD: address.password,
    PGSSLMODE: address.sslmode ?? 'prefer',
    PGSSLROOTCERT: address.sslrootcert,
    PGPASSFILE: '/dev/null',
    PGSERVICEFILE: '/dev/null',
    PGSYSCONFDIR: '/dev/null',
    PGCONNECT_TIMEOUT: String(CONNECT_LIMIT_S),
    PGAPPNAME: 'todo-deploy-backup',
    PGCLIENTENCODING: 'UTF8',
    // Their messages are read by their words.
    LC_ALL: 'C',
  };
}
