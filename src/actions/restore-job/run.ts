import { randomBytes } from 'node:crypto';
import { type CutOver, chosen, cutOver, inventory, recordDrill, requireEqual, restoreBackup, undoOf } from '../../backup/index.ts';
import type { BackupManifest } from '../../backup/model.ts';
import type { BackupTools } from '../../backup/tools.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { writeBackupReport } from '../shared/backup/report.ts';
import { backupTools } from '../shared/backup/tools.ts';
import type { RestoreJobInputs } from './inputs.ts';

/** What the Job of a restore or a drill runs. Errors: `restore-unequal` where what came back is not what was dumped. */
export async function runRestoreJob(context: ActionContext, inputs: RestoreJobInputs): Promise<void> {
  const { app, destination, keys, scratch, timeoutMs, from, mode } = inputs;
  const tools = backupTools(context, { app, destination, keys, scratch, timeoutMs, failure: 'backup-failed' });
  try {
    if (inputs.waitMs > 0) await tools.postgres.reachable(inputs.address, inputs.waitMs);
    const { manifest } = chosen(await inventory(tools.store), from, Math.random());
    context.setOutput('backup', manifest.id);
    if (mode === 'drill' || mode === 'into') await restore(context, inputs, tools, manifest);
    else await rename(context, inputs, tools, manifest);
  } finally {
    tools.close();
  }
}

async function restore(context: ActionContext, inputs: RestoreJobInputs, tools: BackupTools, manifest: BackupManifest): Promise<void> {
  const { mode, identity, address, confirm, jobs } = inputs;
  const isDrill = mode === 'drill';
  const database = inputs.target ?? (isDrill ? manifest.source.database : namesOf(manifest).restored);
  const rpo = Math.max(0, Math.round((context.clock.now() - Date.parse(manifest.snapshotAt)) / 1000));
  context.log.info(`Backup ${manifest.id}, of ${manifest.snapshotAt}, goes into database ${database}`);
  const identityFile = context.temp.file('identity', `${identity.trim()}\n`);
  const target = { address, database, confirm };
  const restored = await restoreBackup({ manifest, identityFile, target, fresh: isDrill, jobs }, tools);
  const { differences, seconds } = restored;
  const rto = Object.values(seconds).reduce((sum, each) => sum + each, 0);
  if (isDrill) await recordDrill(tools, { id: manifest.id, differences, seconds, run: randomBytes(6).toString('hex') });
  context.setOutput('equal', String(differences.length === 0));
  context.setOutput('rpo-seconds', String(rpo));
  context.setOutput('rto-seconds', String(rto));
  context.setOutput('database', database);
  const found = differences.slice(0, 10);
  await writeBackupReport(context, {
    backup: manifest.id,
    snapshotAt: manifest.snapshotAt,
    database,
    equal: differences.length === 0,
    differences: found,
    rpo,
    rto,
    seconds,
  });
  context.summary.heading(
    2,
    differences.length === 0 ? `Backup ${manifest.id} came back as it was` : `Backup ${manifest.id} did not come back as it was`,
  );
  context.summary.list([
    `${manifest.contents.tables} tables, ${manifest.contents.rows} rows, compared with its manifest: ${differences.length} difference(s)`,
    ...differences.slice(0, 50),
    `recovery point: ${rpo} s old; recovery time: ${rto} s`,
    ...Object.entries(seconds).map(([phase, took]) => `${phase}: ${took} s`),
  ]);
  requireEqual(manifest, restored);
}

/** What the databases of a restore on the server that was dumped are called. */
const namesOf = ({ source, sequence }: BackupManifest): CutOver => ({
  live: source.database,
  restored: `${source.database}_restored_${sequence}`,
  kept: `${source.database}_before_${sequence}`,
});

async function rename(
  context: ActionContext,
  { mode, address, target }: RestoreJobInputs,
  { postgres }: BackupTools,
  manifest: BackupManifest,
): Promise<void> {
  const there = { ...namesOf(manifest), ...(target === undefined ? {} : { restored: target }) };
  const names = mode === 'undo' ? undoOf(there) : there;
  const done = await cutOver(() => postgres.open(address), names);
  const words = `${names.restored} is ${names.live} now, and what was ${names.live} is ${names.kept}`;
  context.log.info(done === 'done' ? words : `It was done before: ${words}`);
  context.setOutput('database', names.live);
  await writeBackupReport(context, { backup: manifest.id, ...names, done });
  context.summary.heading(2, words);
}
