import { appReadyAgain, runJob } from '../../backup/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { alarmed } from '../shared/alarm/alarmed.ts';
import { findDatabase, prepare } from '../shared/backup/cluster.ts';
import { writeBackupReport } from '../shared/backup/report.ts';
import { type ClusterTools, connectCluster } from '../shared/cluster-access.ts';
import { runDisaster } from './disaster.ts';
import { runDrill } from './drill.ts';
import type { RestoreInputs } from './inputs.ts';
import { flagsOf } from './job.ts';
import { type Report, reportOf, requireSame, secondsOf, tellRestored } from './report.ts';
import { tellVolumes } from './volumes.ts';

/** Restores a backup by a Job in the cluster, or renames what was restored. Errors: `restore-unequal`, `restore-refused`, `drill-failed`. */
export async function runRestore(context: ActionContext, inputs: RestoreInputs): Promise<void> {
  if (inputs.mode !== 'drill') return await work(context, inputs);
  await alarmed(context, inputs.alarm, { what: 'drill', ...inputs.app }, () => work(context, inputs));
}

async function work(context: ActionContext, inputs: RestoreInputs): Promise<void> {
  const tools = await connectCluster(context, inputs.cluster);
  try {
    if (inputs.mode === 'drill') await runDrill(context, inputs, tools);
    else if (inputs.mode === 'disaster') await runDisaster(context, inputs, tools);
    else await runHere(context, inputs, tools);
  } finally {
    await tools.close();
  }
}

/** In the app's own namespace, on the app's own server. */
async function runHere(context: ActionContext, inputs: RestoreInputs, { kubernetes }: ClusterTools): Promise<void> {
  const { clock, log, signal } = context;
  // The new database is made beside one that is there in any case.
  const database = { ...(await findDatabase(kubernetes, inputs)), name: { value: 'postgres' } };
  const { args, secrets } = flagsOf(inputs);
  const { run } = await prepare(kubernetes, inputs, { what: 'restore', args, database, secrets });
  const result = await runJob(run, { kubernetes, clock, log, signal });
  const seen = reportOf(inputs, result);
  if (typeof seen.equal === 'boolean') {
    await tellRestored(context, seen, { seconds: secondsOf(seen), more: [writesText(inputs, seen)] });
    tellVolumes(context, inputs, seen);
    requireSame(seen, result.succeeded);
    return;
  }
  await writeBackupReport(context, seen);
  context.setOutput('backup', String(seen.backup));
  context.setOutput('database', String(seen.live ?? ''));
  context.summary.heading(2, `${seen.restored} is ${seen.live} now; what was ${seen.live} is ${seen.kept}`);
  const back = await appReadyAgain(inputs.app.release, { kubernetes, clock, log, signal });
  context.summary.list([
    `${seen.kept} is read-only: nothing that is written is lost there`,
    `While the names changed, the server let nobody into either. ${back}`,
    inputs.mode === 'undo' ? 'Mode cut-over does it again.' : `One step takes it back: mode undo, from ${seen.backup}.`,
  ]);
}

/** What becomes of what users write until the names change: that has to be known before they do. */
export function writesText({ holdWrites }: Pick<RestoreInputs, 'holdWrites'>, { held, snapshotAt, database }: Report): string {
  const lost = `What was written after ${snapshotAt} is not in ${database}`;
  if (held !== undefined) return `${lost}. ${held} is read-only from now on: mode cut-over or undo ends that`;
  const how = holdWrites ? 'nothing could be held' : '`hold-writes: true` would have made it read-only; else stop the app';
  return `${lost}, and the app goes on writing to the database that it has: after a cut-over that is in the one that is kept (${how})`;
}
