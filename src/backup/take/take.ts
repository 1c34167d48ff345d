import { DeployError } from '../../interfaces/errors.ts';
import type { DatabaseAddress, Session } from '../../interfaces/postgres.ts';
import { messageOf } from '../../interfaces/values.ts';
import { DATABASE_MANIFEST, DUMP, GLOBALS, RECOVERY } from '../database/contents.ts';
import type { DatabaseManifest } from '../database/model.ts';
import { readDatabase, readSequences } from '../database/read.ts';
import { type Table, wholeDatabase } from '../database/rights.ts';
import { askServer, type Server } from '../database/server.ts';
import { endSnapshot, exportSnapshot, lockDatabase, type Snapshot } from '../database/snapshot.ts';
import { readManifest, written } from '../layout/documents.ts';
import { backupId } from '../layout/ids.ts';
import { inventory } from '../layout/inventory.ts';
import { MANIFEST, partBytes, STARTED } from '../layout/paths.ts';
import { startedText } from '../layout/started.ts';
import type { App, BackupManifest, Beside } from '../model.ts';
import { Phases } from '../phases.ts';
import type { RetentionPolicy } from '../retention/plan.ts';
import { leftOver } from '../retention/sweep.ts';
import { settled } from '../streams.ts';
import type { BackupTools } from '../tools.ts';
import { moved, requireSequences } from './sequences.ts';
import { type Gone, goneOf, type Pruned, prune, removeAll, undoUpload } from './tidy.ts';
import { upload } from './upload.ts';

export interface TakeOptions {
  app: App;
  address: DatabaseAddress;
  recipients: readonly string[];
  /** Tables that are dumped at a time. */
  jobs: number;
  policy: RetentionPolicy;
  /** Six hex digits, new for each run. */
  random: string;
  /** A folder whose files go with the dump. */
  include?: string | undefined;
  /** Texts beside those files, by name: for people to read. */
  readable?: Readonly<Record<string, string>> | undefined;
  /** Of one part. By itself it follows from the database's size. */
  partBytes?: number | undefined;
  /** What goes with the backup of this id beside its dump: waited for before there is a manifest. */
  beside?: ((id: string, signal: AbortSignal) => Promise<Beside>) | undefined;
  /** Ids of backups that something is held for outside of the storage. */
  held?: readonly string[] | undefined;
}

export interface Taken {
  manifest: BackupManifest;
  /** Objects of killed runs that went. */
  swept: number;
  pruned: Pruned;
  /** Of `held`. */
  gone: Gone;
  /** By phase. */
  seconds: Record<string, number>;
}

interface Run {
  options: TakeOptions;
  tools: BackupTools;
  phases: Phases;
  session: Session;
  server: Server;
  tables: readonly Table[];
}

interface Begun {
  id: string;
  sequence: number;
  snapshot: Snapshot;
  beside: Promise<Beside>;
}

/** One backup, from the rights of the role to the retention of those before. Whatever fails, there is no manifest, and so no backup. */
export async function takeBackup(options: TakeOptions, tools: BackupTools): Promise<Taken> {
  const phases = new Phases(tools);
  const session = await tools.postgres.open(options.address);
  try {
    const server = await askServer(session);
    const tables = await wholeDatabase(session, server, await tools.postgres.clientVersion());
    await lockDatabase(session, server.database);
    return await locked({ options, tools, phases, session, server, tables });
  } finally {
    // An error of its own would have been seen by now.
    await session.close().catch(() => undefined);
  }
}

async function locked(run: Run): Promise<Taken> {
  const { options, tools, phases, session, server } = run;
  const { store } = tools;
  const source = `${server.system}/${server.database}`;
  const before = await phases.run('Looking at the backups that there are', () => inventory(store));
  const snapshot = await exportSnapshot(session);
  const id = backupId(before.lastSequence + 1, snapshot.at, options.random);
  await store.putText(`${id}/${STARTED}`, startedText(source));
  const stop = new AbortController();
  try {
    const beside = options.beside?.(id, stop.signal) ?? Promise.resolve({});
    // It is looked at once the dump is there.
    beside.catch(() => undefined);
    const now = await storageTime(tools, id);
    const swept = leftOver(before, source, now);
    const left = await removeAll(tools, swept);
    const manifest = await stored(run, { id, sequence: before.lastSequence + 1, snapshot, beside });
    const pruned = await phases.run('Removing backups that need not be kept', () => tidied(run, now));
    return { manifest, swept: swept.length - left, pruned, gone: await goneOf(tools, options.held ?? []), seconds: phases.seconds };
  } catch (error) {
    await undoUpload(tools, id);
    throw error;
  } finally {
    stop.abort();
  }
}

/** The backup is there by now: what cannot be removed is no reason to lose it, and the next run tries again. */
async function tidied({ options, tools }: Run, now: number): Promise<Pruned> {
  try {
    return await prune(tools, options.policy, now);
  } catch (error) {
    const because = `backups that need not be kept could not be removed: ${messageOf(error)}`;
    tools.log.warning(`The backup is there, but ${because}`);
    return { removed: [], locked: [], later: [], because };
  }
}

/** The storage's clock: by what it says of an object that it has just got. */
async function storageTime({ store }: BackupTools, id: string): Promise<number> {
  const own = (await store.list()).find(({ path }) => path === `${id}/${STARTED}`);
  if (own) return own.at;
  throw new DeployError('backup-failed', 'The storage does not list an object that it has confirmed to have stored');
}

async function stored(run: Run, { id, sequence, snapshot, beside }: Begun): Promise<BackupManifest> {
  const { options, tools, phases, session, server } = run;
  const { scratch, store } = tools;
  const folder = scratch.folder('backup');
  const database = await phases.run('Dumping, and reading what there is, at one snapshot', () => dumped(run, folder, snapshot));
  await endSnapshot(session);
  const size = options.partBytes ?? partBytes(server.bytes);
  const parts = await phases.run('Encrypting, storing, reading back', () =>
    upload(tools, { id, folder, recipients: options.recipients, size }),
  );
  scratch.remove(folder);
  const more = options.beside ? await phases.run('Waiting for what goes with it', () => beside) : {};
  const manifest: BackupManifest = {
    schema: 1,
    id,
    sequence,
    app: options.app,
    source: { system: server.system, database: server.database, server: server.version, client: database.client },
    snapshotAt: new Date(snapshot.at).toISOString(),
    recipients: [...options.recipients],
    parts,
    contents: contentsOf(database, server),
    ...more,
  };
  // Whoever else could have swept this upload has not: the lock is still this run's.
  await session.run('SELECT 1 WHERE false');
  await putManifest(tools, manifest);
  tools.log.info(`Backup ${id}: ${manifest.contents.tables} tables, ${manifest.contents.rows} rows, ${parts.length} part(s)`);
  await store.sweepUnfinished();
  return manifest;
}

const contentsOf = ({ tables }: DatabaseManifest, { bytes }: Server): BackupManifest['contents'] => ({
  tables: tables.length,
  rows: String(tables.reduce((sum, { rows }) => sum + BigInt(rows), 0n)),
  databaseBytes: String(bytes),
});

/** Everything that is encrypted, as files of a folder. */
async function dumped(run: Run, folder: string, snapshot: Snapshot): Promise<DatabaseManifest> {
  const { options, tools, session, server, tables } = run;
  const { postgres, scratch, log } = tools;
  const { address, jobs } = options;
  const before = await readSequences(session, tables);
  const dump = `${folder}/${DUMP}`;
  const [, contents] = await settled([
    postgres.dump({ address, snapshot: snapshot.name, folder: dump, jobs }),
    readDatabase({ postgres, address, snapshot: snapshot.name, jobs }),
  ]);
  await postgres.readThrough(dump);
  const sequences = await postgres.sequencesOf(dump);
  requireSequences(sequences, tables);
  const set = moved(before, sequences, await readSequences(session, tables));
  if (set.length > 0) log.warning(`Sequences were set by hand during the dump: ${set.join(', ')}`);
  if (options.include !== undefined) {
    scratch.copy(options.include, `${folder}/${RECOVERY}`);
    for (const [name, text] of Object.entries(options.readable ?? {})) scratch.write(`${folder}/${RECOVERY}`, name, text);
  }
  const database: DatabaseManifest = { ...contents, sequences };
  scratch.write(folder, DATABASE_MANIFEST, written(database));
  scratch.write(folder, GLOBALS, await postgres.globals(address, server.super));
  return database;
}

/** Read back as whoever restores it will read it. */
async function putManifest({ store }: BackupTools, manifest: BackupManifest): Promise<void> {
  const path = `${manifest.id}/${MANIFEST}`;
  const text = written(manifest);
  await store.putText(path, text);
  const seen = await store.text(path, 2 * Buffer.byteLength(text));
  if (written(readManifest(manifest.id, seen)) === text) return;
  throw new DeployError('backup-failed', `The storage does not give back the manifest that was stored as ${path}`);
}
