import { randomBytes } from 'node:crypto';
import {
  closeScratch,
  type Drill,
  drillSource,
  type JobTools,
  openScratch,
  postgresImageFor,
  READY_FILE,
  type RecoveryPoint,
  recordProof,
  runJob,
  startDatabase,
  sweepDrills,
  takeRecoveryPoint,
} from '../../backup/index.ts';
import { Phases } from '../../backup/phases.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { prepare } from '../shared/backup/cluster.ts';
import type { ClusterTools } from '../shared/cluster-access.ts';
import { copyPullSecrets } from './copies.ts';
import type { RestoreInputs } from './inputs.ts';
import { flagsOf } from './job.ts';
import { type Report, reportOf, requireSame, secondsOf, tellRestored } from './report.ts';

/** Of what is no Job's: the namespace, the server, the app. */
const MORE_MS = 1_800_000;
const CLOSE_MS = 300_000;

/** Restores a backup in a namespace that is there for it alone, and goes afterwards. Errors: `drill-failed`, `restore-unequal`. */
export async function runDrill(context: ActionContext, inputs: RestoreInputs, tools: ClusterTools): Promise<void> {
  const { clock, log, signal } = context;
  const { app } = inputs;
  const { kubernetes } = tools;
  const outside = { kubernetes, clock, log, signal };
  await sweepDrills(app, await clocksOf(context, tools), outside);
  const drill = await openScratch(app, 2 * inputs.timeoutMs + MORE_MS, outside);
  try {
    await tools.inNamespace(drill.namespace, ({ kubernetes: inside }) => drilled(context, inputs, { outside: kubernetes, inside }));
  } finally {
    await closed(context, drill, outside);
  }
}

/** Even where the run is cancelled. */
async function closed({ signal }: ActionContext, drill: Drill, outside: JobTools): Promise<void> {
  await closeScratch(drill, signal.aborted ? { ...outside, signal: AbortSignal.timeout(CLOSE_MS) } : outside);
}

/** This machine's clock and the API server's; none where that one says nothing: then nothing is over. */
async function clocksOf({ clock }: ActionContext, { kubernetes }: ClusterTools): Promise<number[]> {
  const server = await kubernetes.serverTime();
  return server === undefined ? [] : [clock.now(), server];
}

interface Places {
  /** In the app's namespace. */
  outside: Kubernetes;
  /** In the drill's. */
  inside: Kubernetes;
}

async function drilled(context: ActionContext, inputs: RestoreInputs, { outside, inside }: Places): Promise<void> {
  const { clock, log, signal } = context;
  const tools = { kubernetes: inside, clock, log, signal };
  const phases = new Phases(context);
  await copyPullSecrets(outside, inside, inputs.pullSecrets);
  const point = await phases.run('Opening the backup', () => openBackup(inputs, tools));
  await phases.run('Starting its PostgreSQL', () => startServer(context, inputs, point, tools));
  const { seen, succeeded } = await restored(inputs, point, tools);
  const seconds = { ...phases.seconds, ...secondsOf(seen) };
  await tellRestored(context, seen, { seconds });
  requireSame(seen, succeeded);
  const snapshotAt = Date.parse(point.snapshotAt);
  await recordProof(outside, inputs.app.release, { backup: point.backup, snapshotAt, drilledAt: clock.now() });
}

async function openBackup(inputs: RestoreInputs, tools: JobTools): Promise<RecoveryPoint> {
  const args = ['recovery-job', `--from=${inputs.from}`, `--ready-file=${READY_FILE}`];
  const wanted = { what: 'recovery', args, database: {}, databaseBeside: true, readyFile: READY_FILE } as const;
  const { run } = await prepare(tools.kubernetes, inputs, { ...wanted, secrets: { AGE_IDENTITY: inputs.identity } });
  return takeRecoveryPoint(run, tools);
}

async function startServer(context: ActionContext, inputs: RestoreInputs, { server }: RecoveryPoint, tools: JobTools): Promise<void> {
  const password = randomBytes(24).toString('hex');
  context.mask(password);
  const { pullSecrets, scratchSize: size } = inputs;
  const image = inputs.postgresImage ?? postgresImageFor(server);
  context.log.info(`The backup is of PostgreSQL ${server}: image ${image}`);
  await startDatabase({ image, user: 'postgres', password, labels: {}, pullSecrets, size }, tools);
}

async function restored(inputs: RestoreInputs, { backup }: RecoveryPoint, tools: JobTools): Promise<{ seen: Report; succeeded: boolean }> {
  const { args, secrets } = flagsOf({ ...inputs, from: backup });
  const wanted = { what: 'drill', args, secrets, database: drillSource(), databaseBeside: true } as const;
  const { run } = await prepare(tools.kubernetes, inputs, wanted);
  const result = await runJob(run, tools);
  return { seen: reportOf(inputs, result), succeeded: result.succeeded };
}
