import {
  type DatabaseLogin,
  type DatabaseSource,
  type JobTools,
  loginOf,
  type RecoveryPoint,
  recordedDatabase,
  recordedObjects,
  runJob,
} from '../../backup/index.ts';
import { Phases } from '../../backup/phases.ts';
import { applySecrets } from '../../deploy/base/secrets.ts';
import { requireNamespace } from '../../deploy/preflight/namespace.ts';
import { type RecordedApp, requireGone } from '../../deploy/reinstate/index.ts';
import { ConfigurationError, DeployError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { prepare } from '../shared/backup/cluster.ts';
import type { ClusterTools } from '../shared/cluster-access.ts';
import { bringUp, checksText, secondsOfSteps } from './app.ts';
import type { RestoreInputs } from './inputs.ts';
import { flagsOf } from './job.ts';
import { openBackup } from './open.ts';
import { memoryOf, recoveredApp } from './recovered.ts';
import { type Report, reportOf, requireSame, secondsOf, tellRestored, total } from './report.ts';
import { serviceBefore } from './scratch-app.ts';
import { tellVolumes } from './volumes.ts';

/** Until a server that has just been made takes connections. */
const SERVER_MS = 600_000;

/** From nothing to the app that a backup is of: its objects, its data, its memory. Errors: `restore-refused` where it is there, and a deploy's. */
export async function runDisaster(context: ActionContext, inputs: RestoreInputs, tools: ClusterTools): Promise<void> {
  const { clock, log, signal } = context;
  const { kubernetes } = tools;
  const { release } = inputs.app;
  const phases = new Phases(context);
  const at = { kubernetes, clock, log, signal };
  await requireNamespace(at);
  await requireGone(kubernetes, release);
  // The Job's image may need one of them.
  await applySecrets({ ...at, options: { release, secrets: inputs.secrets } });
  const point = await phases.run('Opening the backup', () => openBackup(inputs, at));
  const app = recoveredApp(point, inputs.app);
  if (app === undefined) throw withoutApp(inputs, point);
  const place = { kubernetes, helm: await tools.helm() };
  let back: { seen: Report; succeeded: boolean } | undefined;
  const bringData = async (): Promise<void> => {
    back = await restored(inputs, app, point, at);
    requireSame(back.seen, back.succeeded);
  };
  const outcome = await bringUp(context, inputs, tools, place, { app, memory: memoryOf(point), data: bringData });
  if (back === undefined) throw new DeployError('internal', 'The app came up without its data');
  const { seen } = back;
  const data = secondsOf(seen);
  const seconds = { ...phases.seconds, ...secondsOfSteps(outcome, total(data)), ...data };
  const kept = seen.kept === undefined ? [] : [`the database that its server began with is kept as ${seen.kept}`];
  const door = app.serving.url === undefined ? [] : [`users came by ${app.serving.url}: lead that name here`];
  const more = [`${outcome.version} serves again: ${checksText(outcome)}`, ...kept, ...door];
  context.setOutput('app', 'passed');
  await tellRestored(context, seen, {
    seconds,
    more,
    extra: { app: { version: outcome.version, images: app.serving.images, passed: true } },
  });
  tellVolumes(context, inputs, seen);
  log.info(`${release}: version ${outcome.version} serves again, from backup ${point.backup}`);
}

const withoutApp = ({ app }: RestoreInputs, { backup }: RecoveryPoint): ConfigurationError =>
  new ConfigurationError(`Backup ${backup} holds no recovery point of "${app.release}": its app cannot be brought back from it`, {
    hint: 'Deploy the app, and bring its data back by the modes into and cut-over. Backups that the action takes hold one.',
  });

async function restored(
  inputs: RestoreInputs,
  app: RecordedApp,
  { backup }: RecoveryPoint,
  tools: JobTools,
): Promise<{ seen: Report; succeeded: boolean }> {
  const source = inputs.database ?? recordedDatabase(inputs.app.release, app);
  const login = loginFor(inputs, app);
  const host = source.host && 'value' in source.host ? source.host.value : login?.host;
  const isOwn =
    inputs.database === undefined && host !== undefined && serviceBefore(host, inputs.app.namespace, recordedObjects(app)) !== undefined;
  const target = inputs.target ?? login?.name;
  const { args, secrets } = flagsOf({ ...inputs, mode: 'replace', from: backup, target }, isOwn ? undefined : login);
  const database: DatabaseSource = { ...source, name: { value: 'postgres' } };
  const wanted = { what: 'restore', args: [...args, ...(isOwn ? ['--fresh'] : [])], secrets, database, waitMs: SERVER_MS } as const;
  const { run } = await prepare(tools.kubernetes, inputs, wanted);
  const result = await runJob(run, tools);
  return { seen: reportOf(inputs, result), succeeded: result.succeeded };
}

/** How the app gets in; undefined where that stands in what is not here. */
function loginFor(inputs: RestoreInputs, app: RecordedApp): DatabaseLogin | undefined {
  try {
    return loginOf(recordedDatabase(inputs.app.release, app), recordedObjects(app), inputs.secrets);
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}
