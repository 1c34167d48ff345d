import { randomBytes } from 'node:crypto';
import {
  closeScratch,
  type Drill,
  drillSource,
  type JobTools,
  openScratch,
  PORT,
  postgresImageFor,
  type RecoveryPoint,
  recordProof,
  runJob,
  startDatabase,
  sweepDrills,
} from '../../backup/index.ts';
import { Phases } from '../../backup/phases.ts';
import type { DeployOutcome } from '../../deploy/index.ts';
import type { RecordedApp } from '../../deploy/reinstate/index.ts';
import type { Helm } from '../../interfaces/helm.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import { messageOf } from '../../interfaces/values.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { clusterTime } from '../shared/backup/age.ts';
import { prepare } from '../shared/backup/cluster.ts';
import type { ClusterTools } from '../shared/cluster-access.ts';
import { asDrillFailure, bringUp, checksText } from './app.ts';
import { copyPullSecrets, copyPullSecretsOf } from './copies.ts';
import type { RestoreInputs } from './inputs.ts';
import { flagsOf } from './job.ts';
import { openBackup } from './open.ts';
import { recoveredApp } from './recovered.ts';
import { type Report, reportOf, requireSame, secondsOf, tellRestored } from './report.ts';
import { type StandIn, scratchApp, standInFor, wayTo } from './scratch-app.ts';
import { tellVolumes } from './volumes.ts';

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
  const end = () => closed(context, drill, outside);
  try {
    await tools.inNamespace(drill.namespace, (inside) => drilled(context, inputs, tools, { outside: kubernetes, inside }));
  } catch (error) {
    await end().catch((second: unknown) => log.warning(messageOf(second)));
    throw error;
  }
  await end();
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
  inside: { kubernetes: Kubernetes; helm: Helm };
}

async function drilled(context: ActionContext, inputs: RestoreInputs, tools: ClusterTools, places: Places): Promise<void> {
  const { clock, log, signal } = context;
  const { outside, inside } = places;
  const { kubernetes } = inside;
  const at = { kubernetes, clock, log, signal };
  const phases = new Phases(context);
  await copyPullSecrets(outside, kubernetes, inputs.pullSecrets);
  const point = await phases.run('Opening the backup', () => openBackup(inputs, at));
  const recorded = inputs.startApp ? recoveredApp(point, inputs.app) : undefined;
  const standIn = recorded && standInFor(inputs, recorded);
  const ip = await phases.run('Starting its PostgreSQL', () => startServer(context, inputs, { point, standIn }, at));
  const { seen, succeeded } = await restored(inputs, { point, standIn }, at);
  Object.assign(phases.seconds, secondsOf(seen));
  const started =
    recorded && standIn && seen.equal === true
      ? await startApp(context, inputs, tools, { places, phases, ...scratchApp(recorded, standIn, placeOf(inputs, kubernetes, ip)) })
      : undefined;
  const done = started && 'outcome' in started ? started.outcome : undefined;
  context.setOutput('app', done ? 'passed' : started ? 'failed' : 'not-started');
  const extra = { app: { version: recorded?.serving.version, images: recorded?.serving.images, passed: done !== undefined } };
  await tellRestored(context, seen, { seconds: phases.seconds, more: wordsOf(inputs, recorded, done), extra });
  tellVolumes(context, inputs, seen);
  requireSame(seen, succeeded);
  if (started && 'error' in started) throw started.error;
  const snapshotAt = Date.parse(point.snapshotAt);
  const drilledAt = await clusterTime(tools.kubernetes, context);
  await recordProof(outside, inputs.app.release, { backup: point.backup, snapshotAt, drilledAt });
}

const placeOf = ({ app }: RestoreInputs, { namespace }: Kubernetes, ip: string) => ({ from: app.namespace, to: namespace, ip });

/** What became of the app, for the summary. */
function wordsOf({ startApp }: RestoreInputs, recorded: RecordedApp | undefined, done: DeployOutcome | undefined): string[] {
  if (done) return [`${done.version} came up on it by its own digests: ${checksText(done)}`];
  if (!startApp) return ['the app was not started: start-app is false'];
  return recorded ? [] : ['the app was not started: the backup holds no recovery point'];
}

interface Start extends ReturnType<typeof scratchApp> {
  places: Places;
  phases: Phases;
}

/** Where it does not come up, that is told with the rest first. */
async function startApp(
  context: ActionContext,
  inputs: RestoreInputs,
  tools: ClusterTools,
  { places: { outside, inside }, phases, app, adapted }: Start,
): Promise<{ outcome: DeployOutcome } | { error: unknown }> {
  for (const { object, message } of adapted) context.log.info(`${object}: ${message}`);
  await copyPullSecretsOf(app, outside, inside.kubernetes);
  const { version } = app.serving;
  try {
    const outcome = await phases.run(`Starting ${version} on it`, () => bringUp(context, inputs, tools, inside, { app, closed: true }));
    return { outcome };
  } catch (error) {
    context.signal.throwIfAborted();
    return { error: asDrillFailure(error, version) };
  }
}

interface Found {
  point: RecoveryPoint;
  standIn: StandIn | undefined;
}

/** Its first role is the one that the app's own server began with. Returns the address of its Service. */
async function startServer(context: ActionContext, inputs: RestoreInputs, { point, standIn }: Found, tools: JobTools): Promise<string> {
  const random = randomBytes(24).toString('hex');
  const [user, password] = standIn?.service ? [standIn.login.user, standIn.login.password || random] : ['postgres', random];
  for (const secret of [random, password]) context.mask(secret);
  const { pullSecrets, scratchSize: size } = inputs;
  const image = inputs.postgresImage ?? postgresImageFor(point.server);
  context.log.info(`The backup is of PostgreSQL ${point.server}: image ${image}`);
  const way = standIn ? wayTo(standIn) : { labels: {}, ports: [] };
  return startDatabase({ image, user, password, ...way, port: standIn?.login.port ?? PORT, pullSecrets, size }, tools);
}

async function restored(inputs: RestoreInputs, { point, standIn }: Found, tools: JobTools): Promise<{ seen: Report; succeeded: boolean }> {
  const target = inputs.target ?? standIn?.login.name;
  const { args, secrets } = flagsOf({ ...inputs, from: point.backup, target }, standIn?.login);
  const wanted = { what: 'drill', args, secrets, database: drillSource(), databaseBeside: true } as const;
  const { run } = await prepare(tools.kubernetes, inputs, wanted);
  const result = await runJob(run, tools);
  return { seen: reportOf(inputs, result), succeeded: result.succeeded };
}
