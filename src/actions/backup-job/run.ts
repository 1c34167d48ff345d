import { randomBytes } from 'node:crypto';
import { type Taken, takeBackup, type WouldGo, wouldGo } from '../../backup/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { alarmed } from '../shared/alarm/alarmed.ts';
import { readableRecords } from '../shared/backup/readable.ts';
import { writeBackupReport } from '../shared/backup/report.ts';
import { backupTools } from '../shared/backup/tools.ts';
import { tellWouldGo, wouldGoReport } from '../shared/backup/would-go.ts';
import type { BackupJobInputs } from './inputs.ts';

/** What the Job of a backup runs: takes one with this machine's programs, and reports; or says what retention would remove. */
export async function runBackupJob(context: ActionContext, inputs: BackupJobInputs): Promise<Taken | WouldGo> {
  const { app, policy, take, alarm, ...needs } = inputs;
  const tools = backupTools(context, { ...needs, app, failure: 'backup-failed' });
  try {
    if (take === undefined) return await dryRun(context, await wouldGo(tools, policy));
    return await alarmed(context, alarm, { what: 'backup', ...app }, async () => {
      const { waitMs, ...options } = take;
      if (waitMs > 0) await tools.postgres.reachable(take.address, waitMs);
      const readable = readableRecords(context, take.include);
      const taken = await takeBackup({ ...options, readable, app, policy, random: randomBytes(3).toString('hex') }, tools);
      await report(context, taken);
      return taken;
    });
  } finally {
    tools.close();
  }
}

async function dryRun(context: ActionContext, found: WouldGo): Promise<WouldGo> {
  tellWouldGo(context, found);
  await writeBackupReport(context, wouldGoReport(found));
  return found;
}

async function report(context: ActionContext, { manifest, pruned, swept, seconds }: Taken): Promise<void> {
  const { id, sequence, snapshotAt, parts, contents, source } = manifest;
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const { removed, locked, later, because } = pruned;
  context.setOutput('backup', id);
  context.setOutput('sequence', String(sequence));
  context.setOutput('bytes', String(bytes));
  await writeBackupReport(context, {
    backup: id,
    sequence,
    snapshotAt,
    bytes,
    parts: parts.length,
    contents,
    server: source.server,
    seconds,
    swept,
    removed: removed.length,
    locked: locked.length,
    later: later.length,
    because,
  });
  for (const gone of removed) context.log.info(`Removed backup ${gone}`);
  for (const held of locked) context.log.info(`Backup ${held} may go, but the storage holds it (a lock, or the key may not remove it)`);
  if (because !== undefined) context.log.info(`No backup was removed: ${because}`);
  context.summary.heading(2, `Backup ${id}`);
  context.summary.list([
    `${contents.tables} tables, ${contents.rows} rows, as of ${snapshotAt}`,
    `${bytes} bytes in ${parts.length} part(s), read back and compared`,
    `PostgreSQL ${source.server}, database ${source.database}`,
    ...removed.map((gone) => `removed: ${gone}`),
  ]);
}
