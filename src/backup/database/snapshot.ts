import { DeployError } from '../../interfaces/errors.ts';
import type { Session } from '../../interfaces/postgres.ts';

/** One backup of a database at a time; the server lets go of it with the session, however that ends. */
const LOCK = '8389772277102538105';

export async function lockDatabase(session: Session, database: string): Promise<void> {
  const [answer] = await session.rows<{ taken: boolean }>(
    `SELECT pg_catalog.jsonb_build_object('taken', pg_catalog.pg_try_advisory_lock(${LOCK}))`,
  );
  if (answer?.taken) return;
  throw new DeployError('backup-failed', `Another backup of the database "${database}" is under way`, {
    hint: 'Wait for it. A run that was killed lets go of the database as soon as the server notices.',
  });
}

export interface Snapshot {
  /** For other sessions, while this one's transaction is open. */
  name: string;
  /** By the server's clock, ms since the epoch. */
  at: number;
}

export async function exportSnapshot(session: Session): Promise<Snapshot> {
  await session.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const time = `pg_catalog.date_part('epoch', pg_catalog.now())`;
  const [snapshot] = await session.rows<{ name: string; seconds: number }>(
    `SELECT pg_catalog.jsonb_build_object('name', pg_catalog.pg_export_snapshot(), 'seconds', ${time})`,
  );
  if (!snapshot) throw new DeployError('backup-failed', 'The database server exports no snapshot');
  return { name: snapshot.name, at: Math.round(snapshot.seconds * 1000) };
}

/** What has been read with the snapshot was read in time; the lock stays. */
export const endSnapshot = (session: Session): Promise<void> => session.run('COMMIT');
