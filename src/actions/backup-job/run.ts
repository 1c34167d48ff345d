import { randomBytes } from 'node:crypto';
import { answerTo, type Taken, takeBackup, type WouldGo, wouldGo } from '../../backup/index.ts';
import type { Beside } from '../../backup/model.ts';
import { TimeoutError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { exchange } from '../../tools/exchange-server.ts';
import { alarmed } from '../shared/alarm/alarmed.ts';
import { readableRecords } from '../shared/backup/readable.ts';
import { writeBackupReport } from '../shared/backup/report.ts';
import { backupTools } from '../shared/backup/tools.ts';
import { tellWouldGo, wouldGoReport } from '../shared/backup/would-go.ts';
import type { BackupJobInputs } from './inputs.ts';

const GONE = 40;

/** What the Job of a backup runs: takes one with this machine's programs, and reports; or says what retention would remove. */
export async function runBackupJob(context: ActionContext, inputs: BackupJobInputs): Promise<Taken | WouldGo> {
  const { app, policy, take, alarm, ...needs } = inputs;
  const tools = backupTools(context, { ...needs, app, failure: 'backup-failed' });
  try {
    if (take === undefined) return await dryRun(context, await wouldGo(tools, policy));
    return await alarmed(context, alarm, { what: 'backup', ...app }, async () => {
      const { waitMs, beside: wanted, ...options } = take;
      if (waitMs > 0) await tools.postgres.reachable(take.address, waitMs);
      const readable = readableRecords(context, take.include);
      const random = randomBytes(3).toString('hex');
      const beside = wanted && ((id: string, signal: AbortSignal) => askedAndTold(context, wanted, id, signal));
      const taken = await takeBackup({ ...options, readable, app, policy, random, beside }, tools);
      await report(context, taken);
      return taken;
    });
  } finally {
    tools.close();
  }
}

/** Whoever runs this Job knows what goes with the backup, and no account of its pod does. Errors: `TimeoutError`. */
async function askedAndTold(
  { clock, signal }: ActionContext,
  { port, readyFile, limitMs }: NonNullable<NonNullable<BackupJobInputs['take']>['beside']>,
  id: string,
  stop: AbortSignal,
): Promise<Beside> {
  const [heard, late] = [new AbortController(), new AbortController()];
  const until = AbortSignal.any([signal, stop]);
  const error = new TimeoutError('whoever runs this Job to say what goes with the backup', limitMs);
  void clock.sleep(limitMs, AbortSignal.any([until, heard.signal])).then(
    () => late.abort(error),
    () => undefined,
  );
  try {
    const answering = AbortSignal.any([until, late.signal]);
    return await exchange({ answerTo: (line) => answerTo(id, line), port, readyFile, signal: answering });
  } finally {
    // From now on it may take as long as it takes; it goes on answering meanwhile.
    heard.abort();
  }
}

async function dryRun(context: ActionContext, found: WouldGo): Promise<WouldGo> {
  tellWouldGo(context, found);
  await writeBackupReport(context, wouldGoReport(found));
  return found;
}

async function report(context: ActionContext, { manifest, pruned, swept, gone, seconds }: Taken): Promise<void> {
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
    // A Job's report has 4 KiB: what is more goes with the next run.
    ...(gone.ids.length > 0 && { gone: gone.ids.slice(0, GONE), newestGood: gone.newestGood }),
  });
  for (const old of removed) context.log.info(`Removed backup ${old}`);
  for (const held of locked) context.log.info(`Backup ${held} may go, but the storage holds it (a lock, or the key may not remove it)`);
  if (because !== undefined) context.log.info(`No backup was removed: ${because}`);
  context.summary.heading(2, `Backup ${id}`);
  context.summary.list([
    `${contents.tables} tables, ${contents.rows} rows, as of ${snapshotAt}`,
    `${bytes} bytes in ${parts.length} part(s), read back and compared`,
    `PostgreSQL ${source.server}, database ${source.database}`,
    ...removed.map((old) => `removed: ${old}`),
  ]);
}
