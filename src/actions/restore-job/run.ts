import { randomBytes } from 'node:crypto';
import {
  besideReport,
  type CutOver,
  chosen,
  cutOver,
  giveLogin,
  hasDatabase,
  holdWrites,
  inventory,
  type Restored,
  recordDrill,
  requireEqual,
  restoreBackup,
  undoOf,
} from '../../backup/index.ts';
import type { BackupManifest } from '../../backup/model.ts';
import type { BackupTools } from '../../backup/tools.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { writeBackupReport } from '../shared/backup/report.ts';
import { backupTools } from '../shared/backup/tools.ts';
import type { RestoreJobInputs } from './inputs.ts';
import { freshNamesOf, namesOf } from './names.ts';

/** What the Job of a restore or a drill runs. Errors: `restore-unequal` where what came back is not what was dumped. */
export async function runRestoreJob(context: ActionContext, inputs: RestoreJobInputs): Promise<void> {
  const { app, destination, keys, scratch, timeoutMs, from, mode } = inputs;
  const tools = backupTools(context, { app, destination, keys, scratch, timeoutMs, failure: 'backup-failed' });
  try {
    if (inputs.waitMs > 0) await tools.postgres.reachable(inputs.address, inputs.waitMs);
    const { manifest } = chosen(await inventory(tools.store), from, Math.random());
    context.setOutput('backup', manifest.id);
    if (mode === 'replace') await replace(context, inputs, tools, manifest);
    else if (mode === 'drill' || mode === 'into') await restore(context, inputs, tools, manifest);
    else await rename(context, inputs, tools, manifest);
  } finally {
    tools.close();
  }
}

async function restore(context: ActionContext, inputs: RestoreJobInputs, tools: BackupTools, manifest: BackupManifest): Promise<void> {
  const isDrill = inputs.mode === 'drill';
  const database = inputs.target ?? (isDrill ? manifest.source.database : namesOf(manifest).restored);
  const restored = await restoredInto(context, inputs, tools, { manifest, database });
  const { differences, seconds } = restored;
  if (isDrill) await recordDrill(tools, { id: manifest.id, differences, seconds, run: randomBytes(6).toString('hex') });
  const held = inputs.holdWrites && differences.length === 0 ? await hold(context, inputs, tools, manifest) : undefined;
  await tell(context, manifest, { restored, database, held });
  requireEqual(manifest, restored);
}

/** Only once there is something to cut over to: a restore that fails leaves the app as it is. */
async function hold({ log }: ActionContext, { address }: RestoreJobInputs, { postgres }: BackupTools, { source }: BackupManifest) {
  if (!(await hasDatabase(postgres, address, source.database))) {
    log.warning(`There is no database ${source.database} on this server whose writes could be held`);
    return undefined;
  }
  const session = await postgres.open(address);
  try {
    await holdWrites(session, source.database);
  } finally {
    await session.close().catch(() => undefined);
  }
  log.info(`${source.database} is read-only from now on: mode cut-over or undo ends that`);
  return source.database;
}

/** In the place of the database of that name, where there is one; that one is kept. */
async function replace(context: ActionContext, inputs: RestoreJobInputs, tools: BackupTools, manifest: BackupManifest): Promise<void> {
  const { address } = inputs;
  const live = inputs.target ?? manifest.source.database;
  const names = (await hasDatabase(tools.postgres, address, live)) ? freshNamesOf(manifest, live) : undefined;
  const restored = await restoredInto(context, inputs, tools, { manifest, database: names?.restored ?? live });
  if (restored.differences.length === 0 && names !== undefined) await cutOver(() => tools.postgres.open(address), names);
  await tell(context, manifest, { restored, database: live, kept: names?.kept });
  requireEqual(manifest, restored);
}

async function restoredInto(
  context: ActionContext,
  { identity, address, confirm, jobs, fresh, login }: RestoreJobInputs,
  tools: BackupTools,
  { manifest, database }: { manifest: BackupManifest; database: string },
): Promise<Restored> {
  context.log.info(`Backup ${manifest.id}, of ${manifest.snapshotAt}, goes into database ${database}`);
  const identityFile = context.temp.file('identity', `${identity.trim()}\n`);
  const target = { address, database, confirm };
  const restored = await restoreBackup({ manifest, identityFile, target, fresh, jobs }, tools);
  // Afterwards: what is compared is what the backup brought.
  const done = login && (await giveLogin(tools.postgres, address, login));
  if (done === 'given') context.log.info(`The backup holds no password of role ${login?.user}: it has the one that the app knows`);
  return restored;
}

interface Told {
  restored: Restored;
  database: string;
  kept?: string | undefined;
  /** The app's, where it may only be read now. */
  held?: string | undefined;
}

async function tell(context: ActionContext, manifest: BackupManifest, { restored, database, kept, held }: Told): Promise<void> {
  const { differences, seconds } = restored;
  const isEqual = differences.length === 0;
  const rpo = Math.max(0, Math.round((context.clock.now() - Date.parse(manifest.snapshotAt)) / 1000));
  const rto = Object.values(seconds).reduce((sum, each) => sum + each, 0);
  context.setOutput('equal', String(isEqual));
  context.setOutput('rpo-seconds', String(rpo));
  context.setOutput('rto-seconds', String(rto));
  context.setOutput('database', database);
  await writeBackupReport(context, {
    backup: manifest.id,
    snapshotAt: manifest.snapshotAt,
    database,
    ...(kept !== undefined && { kept }),
    ...(held !== undefined && { held }),
    equal: isEqual,
    differences: differences.slice(0, 10),
    rpo,
    rto,
    seconds,
    ...besideReport(manifest),
  });
  context.summary.heading(2, isEqual ? `Backup ${manifest.id} came back as it was` : `Backup ${manifest.id} did not come back as it was`);
  context.summary.list([
    `${manifest.contents.tables} tables, ${manifest.contents.rows} rows, compared with its manifest: ${differences.length} difference(s)`,
    ...differences.slice(0, 50),
    `recovery point: ${rpo} s old; recovery time: ${rto} s`,
    ...Object.entries(seconds).map(([phase, took]) => `${phase}: ${took} s`),
  ]);
}

async function rename(
  context: ActionContext,
  { mode, address, target }: RestoreJobInputs,
  { postgres }: BackupTools,
  manifest: BackupManifest,
): Promise<void> {
  const there: CutOver = { ...namesOf(manifest), ...(target === undefined ? {} : { restored: target }) };
  const names = mode === 'undo' ? undoOf(there) : there;
  const done = await cutOver(() => postgres.open(address), names);
  const words = `${names.restored} is ${names.live} now, and what was ${names.live} is ${names.kept}`;
  context.log.info(done === 'done' ? words : `It was done before: ${words}`);
  context.setOutput('database', names.live);
  await writeBackupReport(context, { backup: manifest.id, ...names, done });
  context.summary.heading(2, words);
}
