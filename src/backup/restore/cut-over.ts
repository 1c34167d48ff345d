import { DeployError } from '../../interfaces/errors.ts';
import { literal, quoted, type Session } from '../../interfaces/postgres.ts';
import { endSessions, letGo, resetReadOnly, setReadOnly } from './hold.ts';

export interface CutOver {
  /** The database that the app uses. */
  live: string;
  /** The new one, which takes its name. */
  restored: string;
  /** What the old one is called from then on; it stays. */
  kept: string;
}

/** Pure: the same the other way round. */
export const undoOf = ({ live, restored, kept }: CutOver): CutOver => ({ live, restored: kept, kept: restored });

/**
 * Two names change in one transaction: whatever happens, the app's database has its name. Whoever is connected to either is ended, and nobody
 * comes in between; the one that is kept is read-only from then on. `open`: a new session of a third database. Safe to repeat, also after a
 * run that was killed.
 */
export async function cutOver(open: () => Promise<Session>, names: CutOver): Promise<'done' | 'was done'> {
  const session = await open();
  try {
    if (await wasDone(session, names)) {
      // A restore may have held the app's writes for a cut-over that is not to come.
      await letGo(session, names.live);
      return 'was done';
    }
    await renamed(session, names);
    return 'done';
  } catch (error) {
    if (!(error instanceof DeployError && error.reason === 'restore-refused')) await reopened(open, names);
    throw error;
  } finally {
    await session.close().catch(() => undefined);
  }
}

async function wasDone(session: Session, names: CutOver): Promise<boolean> {
  const { live, restored, kept } = names;
  const there = await databases(session, names);
  if (there.has(live) && there.has(kept) && !there.has(restored)) return true;
  const missing = [live, restored].find((name) => !there.has(name));
  if (missing !== undefined) throw refused(`The database "${missing}" does not exist: nothing was renamed`);
  if (there.has(kept)) throw refused(`The database "${kept}" exists: the old one cannot be kept under its name, and nothing was renamed`);
  return false;
}

async function renamed(session: Session, { live, restored, kept }: CutOver): Promise<void> {
  for (const name of [live, restored]) await shut(session, name);
  await session.run('BEGIN');
  await session.run(`ALTER DATABASE ${quoted(live)} RENAME TO ${quoted(kept)}`);
  await session.run(`ALTER DATABASE ${quoted(restored)} RENAME TO ${quoted(live)}`);
  for (const name of [live, kept]) await session.run(opened(name));
  // What is written there from now on would be lost.
  await session.run(setReadOnly(kept));
  await session.run(resetReadOnly(live));
  await session.run('COMMIT');
}

const opened = (name: string): string => `ALTER DATABASE ${quoted(name)} WITH ALLOW_CONNECTIONS true`;

/** After a failure the app gets back to its database, as far as the server can be reached. */
async function reopened(open: () => Promise<Session>, names: CutOver): Promise<void> {
  for (const name of [names.live, names.restored]) {
    const session = await open().catch(() => undefined);
    await session?.run(opened(name)).catch(() => undefined);
    await session?.close().catch(() => undefined);
  }
}

async function databases(session: Session, { live, restored, kept }: CutOver): Promise<Set<string>> {
  const names = [live, restored, kept].map(literal).join(', ');
  const found = await session.rows<{ name: string }>(
    `SELECT pg_catalog.jsonb_build_object('name', datname) FROM pg_catalog.pg_database WHERE datname IN (${names})`,
  );
  return new Set(found.map(({ name }) => name));
}

async function shut(session: Session, name: string): Promise<void> {
  await session.run(`ALTER DATABASE ${quoted(name)} WITH ALLOW_CONNECTIONS false`);
  await endSessions(session, name);
}

const refused = (message: string): DeployError => new DeployError('restore-refused', message);
