import { DeployError } from '../../interfaces/errors.ts';
import { type DatabaseAddress, quoted, type Session } from '../../interfaces/postgres.ts';
import { differences } from '../database/compare.ts';
import { DUMP, GLOBALS } from '../database/contents.ts';
import { hashingOf } from '../database/hashing.ts';
import type { DatabaseManifest } from '../database/model.ts';
import { type Reading, readDatabase, readSequences } from '../database/read.ts';
import { wholeDatabase } from '../database/rights.ts';
import { askServer, type Server } from '../database/server.ts';
import { exportSnapshot } from '../database/snapshot.ts';
import type { BackupManifest } from '../model.ts';
import { Phases } from '../phases.ts';
import type { BackupTools } from '../tools.ts';
import { type Fetched, fetchBackup } from './fetch.ts';
import { createDatabase, propertiesFor, rolesFor } from './scripts.ts';
import { type RestoreTarget, requireTarget } from './target.ts';

export interface RestoreOptions {
  manifest: BackupManifest;
  /** Path of the file with a private key of age. */
  identityFile: string;
  target: RestoreTarget;
  /** A server that is there for this alone, as a drill's: its roles become those of the source. */
  fresh: boolean;
  jobs: number;
}

export interface Restored {
  /** Empty: what came back is what was dumped. */
  differences: string[];
  /** By phase. */
  seconds: Record<string, number>;
}

/** Restores a backup into a new database and compares the two. The new database stays, whatever differs; where it fails, it goes. */
export async function restoreBackup(options: RestoreOptions, tools: BackupTools): Promise<Restored> {
  const { manifest, target, identityFile } = options;
  const phases = new Phases(tools);
  const session = await tools.postgres.open(target.address);
  try {
    const server = await askServer(session);
    await requireTarget(session, server, target, manifest);
    const fetched = await phases.run('Bringing, comparing and opening the backup', () => fetchBackup(tools, manifest, identityFile));
    await phases.run('Restoring', () => restored(options, tools, session, server, fetched));
    tools.scratch.remove(fetched.folder);
    const how = { jobs: options.jobs, hashing: hashingOf(fetched.database) };
    const seen = await phases.run('Comparing', () => readBack(tools, addressOf(target), server, how));
    const sameWords = majorOf(seen.client) === majorOf(fetched.database.client) && server.major === majorOf(manifest.source.server);
    if (!sameWords) tools.log.warning('Definitions are not compared: server or client is of another major version than the dump');
    const compared = differences(fetched.database, seen, { ownRoles: [target.address.user], rolesOfOthers: !options.fresh, sameWords });
    return { differences: compared, seconds: phases.seconds };
  } finally {
    await session.close().catch(() => undefined);
  }
}

const majorOf = (version: string): number => Number.parseInt(version, 10);
const addressOf = ({ address, database }: RestoreTarget): DatabaseAddress => ({ ...address, database });

async function restored(
  { manifest, target, fresh, jobs }: RestoreOptions,
  { postgres, scratch }: BackupTools,
  session: Session,
  server: Server,
  { folder, database }: Fetched,
): Promise<void> {
  const there = await session.rows<{ name: string }>("SELECT pg_catalog.jsonb_build_object('name', rolname) FROM pg_catalog.pg_roles");
  const roles = rolesFor(scratch.text(folder, GLOBALS), new Set(there.map(({ name }) => name)), fresh);
  for (const statement of roles) await session.run(statement);
  await session.run(createDatabase(target.database, database.database, server.major));
  try {
    const dump = `${folder}/${DUMP}`;
    await postgres.restore({ address: addressOf(target), folder: dump, jobs });
    const script = await postgres.databaseScript(dump);
    for (const statement of propertiesFor(script, manifest.source.database, target.database)) await session.run(statement);
  } catch (error) {
    await session.run(`DROP DATABASE ${quoted(target.database)}`).catch(() => undefined);
    throw error;
  }
}

/** What is in the new database, read as the dumped one was. */
export async function readBack(
  { postgres }: BackupTools,
  address: DatabaseAddress,
  server: Server,
  how: Pick<Reading, 'jobs' | 'hashing' | 'pieceBlocks'>,
): Promise<DatabaseManifest> {
  const session = await postgres.open(address);
  try {
    const tables = await wholeDatabase(session, server, await postgres.clientVersion());
    const { name } = await exportSnapshot(session);
    const contents = await readDatabase({ postgres, address, snapshot: name, ...how });
    return { ...contents, sequences: await readSequences(session, tables) };
  } finally {
    await session.close().catch(() => undefined);
  }
}

const SHOWN = 20;

/** Throws where anything differs. */
export function requireEqual({ id }: BackupManifest, { differences: found }: Restored): void {
  if (found.length === 0) return;
  const some = `${found.slice(0, SHOWN).join('; ')}${found.length > SHOWN ? ` and ${found.length - SHOWN} more` : ''}`;
  throw new DeployError('restore-unequal', `The restored database differs from backup ${id}: ${some}`);
}
