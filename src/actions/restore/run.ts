import { randomBytes } from 'node:crypto';
import { adviceOf, type DatabaseSource, type JobResult, lastLine, recordProof, runJob } from '../../backup/index.ts';
import { DeployError } from '../../interfaces/errors.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { alarmed } from '../shared/alarm/alarmed.ts';
import { findDatabase, prepare, type Wanted } from '../shared/backup/cluster.ts';
import { writeBackupReport } from '../shared/backup/report.ts';
import { connectCluster } from '../shared/cluster-access.ts';
import type { RestoreInputs } from './inputs.ts';

/** Restores a backup by a Job in the cluster, or renames what was restored. Errors: `restore-unequal`, `restore-refused`. */
export async function runRestore(context: ActionContext, inputs: RestoreInputs): Promise<void> {
  if (inputs.mode !== 'drill') return await work(context, inputs);
  await alarmed(context, inputs.alarm, { what: 'drill', ...inputs.app }, () => work(context, inputs));
}

async function work(context: ActionContext, inputs: RestoreInputs): Promise<void> {
  const { clock, log, signal } = context;
  const tools = await connectCluster(context, inputs.cluster);
  try {
    const { kubernetes } = tools;
    const { run } = await prepare(kubernetes, inputs, await wantedOf(context, inputs, kubernetes));
    const result = await runJob(run, { kubernetes, clock, log, signal });
    if (inputs.mode === 'drill') await remember(kubernetes, inputs.app.release, result, clock.now());
    await report(context, inputs, result);
  } finally {
    await tools.close();
  }
}

/** For status and deploys, which have no key of the storage. */
async function remember(kubernetes: Kubernetes, release: string, { report: seen }: JobResult, now: number): Promise<void> {
  if (seen?.equal !== true) return;
  const snapshotAt = Date.parse(String(seen.snapshotAt));
  await recordProof(kubernetes, release, { backup: String(seen.backup), snapshotAt, drilledAt: now });
}

/** Beside the Job's own program, on the pod's loopback address. */
const OF_DRILL: DatabaseSource = {
  host: { value: '127.0.0.1' },
  port: { value: '5432' },
  name: { value: 'postgres' },
  user: { value: 'postgres' },
};

async function wantedOf(context: ActionContext, inputs: RestoreInputs, kubernetes: Kubernetes): Promise<Wanted> {
  const { mode, from, target, confirm, identity } = inputs;
  const flags = { mode, from, target, confirm };
  const given = Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
  const args = ['restore-job', ...given];
  const secrets = identity === '' ? {} : { AGE_IDENTITY: identity };
  if (mode !== 'drill') {
    // The new database is made beside one that is there in any case.
    const database = { ...(await findDatabase(kubernetes, inputs)), name: { value: 'postgres' } };
    return { what: 'restore', args, database, secrets };
  }
  const password = randomBytes(24).toString('hex');
  context.mask(password);
  return {
    what: 'drill',
    args,
    database: OF_DRILL,
    secrets: { ...secrets, DATABASE_PASSWORD: password },
    postgresImage: inputs.postgresImage,
  };
}

async function report(context: ActionContext, { app, mode }: RestoreInputs, { succeeded, report: seen, words }: JobResult): Promise<void> {
  if (seen === undefined) {
    const isRefused = /goes into a new database only|is the server that was dumped|Nobody can tell whether|cannot take it/.test(words);
    const message = `The ${mode} of "${app.release}" failed: ${lastLine(words)}`;
    throw new DeployError(isRefused ? 'restore-refused' : 'backup-failed', message, { hint: adviceOf(words) });
  }
  await writeBackupReport(context, seen);
  context.setOutput('backup', String(seen.backup));
  context.setOutput('database', String(seen.database ?? seen.live ?? ''));
  if (typeof seen.equal !== 'boolean') {
    context.summary.heading(2, `${seen.restored} is ${seen.live} now; what was ${seen.live} is ${seen.kept}`);
    return;
  }
  context.setOutput('equal', String(seen.equal));
  context.setOutput('rpo-seconds', String(seen.rpo));
  context.setOutput('rto-seconds', String(seen.rto));
  const differences = Array.isArray(seen.differences) ? seen.differences.map(String) : [];
  context.summary.heading(
    2,
    seen.equal ? `Backup ${seen.backup} came back as it was` : `Backup ${seen.backup} did not come back as it was`,
  );
  context.summary.list([
    ...differences,
    `recovery point: ${seen.rpo} s old`,
    `recovery time: ${seen.rto} s`,
    ...Object.entries(seen.seconds as Record<string, number>).map(([phase, took]) => `${phase}: ${took} s`),
  ]);
  if (!seen.equal || !succeeded) {
    throw new DeployError('restore-unequal', `The restored database differs from backup ${seen.backup}: ${differences.join('; ')}`);
  }
}
