import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Toolbox } from '../backup.ts';
import { type Attempt, bin, type Fault } from './scene.ts';

const role = (attempt: Attempt, statements: string): Toolbox => {
  attempt.scene.source.sql(
    `DROP ROLE IF EXISTS narrow; CREATE ROLE narrow LOGIN PASSWORD 'narrow-password'; GRANT CONNECT ON DATABASE todo TO narrow`,
  );
  attempt.scene.source.sql(statements, 'todo');
  attempt.after.push(() => void attempt.scene.source.sql('DROP OWNED BY narrow; DROP ROLE narrow', 'todo'));
  attempt.options = { ...attempt.options, address: { ...attempt.options.address, user: 'narrow', password: 'narrow-password' } };
  return attempt.box();
};
/** Rights, logins, locks, and what is missing from the start. */
export const DATABASE_FAULTS: readonly Fault[] = [
  {
    name: 'the role may not read a table',
    reason: 'backup-refused',
    says: /"narrow" may not read audit\.log, public\.todo/,
    arrange: (attempt) =>
      role(
        attempt,
        'GRANT pg_read_all_data TO narrow; REVOKE pg_read_all_data FROM narrow; GRANT USAGE ON SCHEMA audit TO narrow; GRANT SELECT ON ALL TABLES IN SCHEMA public TO narrow; REVOKE SELECT ON public.todo FROM narrow; GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO narrow',
      ),
  },
  {
    name: 'the role may not read a sequence',
    reason: 'backup-refused',
    says: /may not read public\.tickets, public\.todo_id_seq/,
    arrange: (attempt) =>
      role(attempt, 'GRANT USAGE ON SCHEMA audit TO narrow; GRANT SELECT ON ALL TABLES IN SCHEMA public, audit TO narrow'),
  },
  {
    name: 'the role may not read a large object',
    reason: 'backup-refused',
    says: /may not read large object 4242, large object 4243/,
    arrange: (attempt) => role(attempt, 'GRANT pg_read_all_data TO narrow'),
  },
  {
    name: 'row security hides rows from the role',
    reason: 'backup-refused',
    says: /row security hides rows of audit\.log/,
    arrange: (attempt) => {
      attempt.after.push(() => void attempt.scene.source.sql('ALTER TABLE audit.log DISABLE ROW LEVEL SECURITY', 'todo'));
      return role(attempt, 'GRANT pg_read_all_data TO narrow; ALTER TABLE audit.log ENABLE ROW LEVEL SECURITY');
    },
  },
  {
    name: 'the server is newer than the programs',
    reason: 'backup-refused',
    says: /The server is PostgreSQL 1\d\.\d+, and pg_dump is 1\d\.\d+: an older one cannot dump it/,
    arrange: (attempt) => {
      attempt.options = { ...attempt.options, address: { ...attempt.scene.newer.address, database: 'todo' } };
      return attempt.box();
    },
  },
  {
    name: 'the password is wrong',
    reason: 'backup-failed',
    says: /password authentication failed/,
    arrange: (attempt) => {
      attempt.options = { ...attempt.options, address: { ...attempt.options.address, password: 'wrong-password' } };
      return attempt.box();
    },
  },
  {
    name: 'the database does not exist',
    reason: 'backup-failed',
    says: /database "nobodys" does not exist/,
    arrange: (attempt) => {
      attempt.options = { ...attempt.options, address: { ...attempt.options.address, database: 'nobodys' } };
      return attempt.box();
    },
  },
  {
    name: 'the server does not answer',
    reason: 'backup-failed',
    says: /Connection refused/,
    arrange: (attempt) => {
      attempt.options = { ...attempt.options, address: { ...attempt.options.address, port: 9 } };
      return attempt.box();
    },
  },
  {
    name: 'another backup is under way',
    reason: 'backup-failed',
    says: /Another backup of the database "todo" is under way/,
    arrange: async (attempt) => {
      const other = attempt.box();
      const session = await other.tools.postgres.open(attempt.options.address);
      await session.run('SELECT 1 FROM pg_catalog.pg_advisory_lock(8389772277102538105) WHERE false');
      await session.rows(`SELECT pg_catalog.jsonb_build_object('x', pg_catalog.pg_advisory_lock(8389772277102538105)::text)`);
      attempt.after.push(() => session.close());
      return attempt.box();
    },
  },
  {
    name: 'the run is cancelled',
    reason: 'cancelled',
    says: /Cancelled/,
    arrange: (attempt) => {
      const cancel = new AbortController();
      const box = bin(attempt, 'age', 'sleep 1; exec "$real" "$@"');
      box.close();
      setTimeout(() => cancel.abort(), 1000);
      return attempt.box({ path: attempt.path, signal: cancel.signal });
    },
  },
  {
    name: 'a program is missing',
    reason: 'tool-failed',
    says: /age was not found/,
    arrange: (attempt) => {
      for (const name of ['psql', 'pg_dump', 'pg_dumpall', 'pg_restore'])
        symlinkSync(join(attempt.scene.source.bin, name), join(attempt.path, name));
      for (const name of ['tar', 'rclone']) symlinkSync(join('/usr/bin', name), join(attempt.path, name));
      return attempt.box({ path: attempt.path, alone: true });
    },
  },
];
