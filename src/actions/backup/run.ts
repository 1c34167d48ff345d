import { adviceOf, applyCronJob, type JobResult, lastLine, READY_FILE, recoveryPoint, runJob, runJobWith } from '../../backup/index.ts';
import { DeployError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { alarmed } from '../shared/alarm/alarmed.ts';
import { findDatabase, prepare } from '../shared/backup/cluster.ts';
import { writeBackupReport } from '../shared/backup/report.ts';
import { scheduleName } from '../shared/backup/schedule.ts';
import { wouldGoTitle } from '../shared/backup/would-go.ts';
import { type ClusterTools, connectCluster } from '../shared/cluster-access.ts';
import { prepareBeside } from './beside.ts';
import type { BackupInputs } from './inputs.ts';

/** Takes a backup by a Job in the cluster, or installs the CronJob that does. */
export async function runBackup(context: ActionContext, inputs: BackupInputs): Promise<void> {
  const tools = await connectCluster(context, inputs.cluster);
  try {
    if (inputs.dryRun) await dryRun(context, inputs, tools);
    else if (inputs.schedule === undefined)
      await alarmed(context, inputs.alarm, { what: 'backup', ...inputs.app }, () => now(context, inputs, tools));
    else await install(context, inputs, tools, inputs.schedule);
  } finally {
    await tools.close();
  }
}

const argsOf = ({ recipients, keep, policy }: BackupInputs): string[] => [
  'backup-job',
  `--recipients=${recipients.join(',')}`,
  `--keep=${keep}`,
  `--keep-good=${policy.keepGood}`,
  `--cap=${policy.cap}`,
];

async function now(context: ActionContext, inputs: BackupInputs, { kubernetes }: ClusterTools): Promise<void> {
  const { clock, log, signal } = context;
  const tools = { kubernetes, clock, log, signal };
  const database = await findDatabase(kubernetes, inputs);
  const recovery = await recoveryPoint(kubernetes, inputs.app.release);
  const beside = await prepareBeside(inputs, tools);
  for (const name of recovery) log.info(`With it goes Secret ${name}`);
  const readyFile = beside.isAsked ? READY_FILE : undefined;
  const args = [...argsOf(inputs), ...beside.flags];
  const { run } = await prepare(kubernetes, inputs, { what: 'backup', args, database, recovery, readyFile });
  const result = await (beside.isAsked ? runJobWith(run, tools, beside.make) : runJob(run, tools));
  await report(context, inputs, result, beside.lines);
  const newestGood = Number(result.report?.newestGood ?? 0);
  const removed = await beside.settle({ gone: listIn(result.report, 'gone'), newestGood }, tools);
  for (const name of removed) log.info(`Removed VolumeSnapshot ${name}: its backup is gone`);
}

const listIn = (report: JobResult['report'], name: string): string[] => (Array.isArray(report?.[name]) ? report[name].map(String) : []);

/** By a Job, too: the keys of the storage are there, and its network. It needs no database. */
async function dryRun(context: ActionContext, inputs: BackupInputs, { kubernetes }: ClusterTools): Promise<void> {
  const { clock, log, signal } = context;
  const { run } = await prepare(kubernetes, inputs, { what: 'backup', args: [...argsOf(inputs), '--dry-run'], database: {} });
  const { succeeded, report: seen, words } = await runJob(run, { kubernetes, clock, log, signal });
  if (!succeeded || seen === undefined)
    throw new DeployError('backup-failed', `The backups of "${inputs.app.release}" could not be read: ${lastLine(words)}`, {
      hint: adviceOf(words),
    });
  await writeBackupReport(context, seen);
  const list = (name: string): string[] => listIn(seen, name);
  context.summary.heading(2, wouldGoTitle(list('remove').length + Number(seen.more), seen.later, seen.stay));
  const lines = [...list('remove'), ...(seen.because ? [`Nothing would be removed: ${seen.because}`] : [])];
  for (const line of lines) log.info(line);
  if (lines.length > 0) context.summary.list(lines);
}

async function report(
  context: ActionContext,
  { app }: BackupInputs,
  { succeeded, report: seen, words }: JobResult,
  more: readonly string[],
): Promise<void> {
  if (!succeeded || seen === undefined)
    throw new DeployError('backup-failed', `The backup of "${app.release}" failed: ${lastLine(words)}`, { hint: adviceOf(words) });
  await writeBackupReport(context, seen);
  context.setOutput('backup', String(seen.backup));
  context.setOutput('sequence', String(seen.sequence));
  context.setOutput('bytes', String(seen.bytes));
  const { tables, rows } = seen.contents as { tables: number; rows: string };
  context.summary.heading(2, `Backup ${seen.backup} of ${app.release}`);
  context.summary.list([
    `${tables} tables, ${rows} rows, as of ${seen.snapshotAt}`,
    `${seen.bytes} bytes, encrypted, read back and compared; parts: ${seen.parts}`,
    `older backups removed: ${seen.removed}${seen.because ? `, since ${seen.because}` : ''}`,
    ...more,
    'It counts once a drill has restored it.',
  ]);
}

async function install(context: ActionContext, inputs: BackupInputs, { kubernetes }: ClusterTools, schedule: string): Promise<void> {
  const database = await findDatabase(kubernetes, inputs);
  const name = scheduleName(inputs.app.release);
  const recovery = await recoveryPoint(kubernetes, inputs.app.release);
  const { pingUrl } = inputs.alarm;
  const secrets = pingUrl === '' ? {} : { PING_URL: pingUrl };
  const { run } = await prepare(kubernetes, inputs, {
    what: 'backup',
    args: argsOf(inputs),
    database,
    name,
    secrets,
    reaches: [pingUrl],
    recovery,
  });
  await applyCronJob(kubernetes, run, schedule);
  if (inputs.snapshots !== 'off') context.log.info(`CronJob ${name} snapshots no volumes: its pods have no account that could ask for it`);
  const words = `CronJob ${name} takes a backup of ${inputs.app.release}: ${schedule} (UTC)`;
  context.log.info(words);
  context.summary.heading(2, words);
}
