import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { type Color, FIELD_MANAGER, type SplitResult } from '../../split/model.ts';
import { colorDeployments } from '../kube/live.ts';
import { CRON_JOB, colorSelector, DEPLOYMENT } from '../kube/names.ts';
import { scale } from '../kube/scale.ts';
import type { AppContext } from '../run/run.ts';
import { setScaledWorkers } from './keda.ts';

type Deps = Pick<AppContext, 'kubernetes' | 'options' | 'log'>;

/** Workers of a color as the chart wants them while the color is active, on its objects themselves, so that any later run can read it. */
const ACTIVE_REPLICAS = 'todo-deploy.dev/active-replicas';

/** Whether a color's object runs in the active color only. */
export const isWorker = ({ metadata }: KubernetesObject): boolean => metadata.annotations?.[ACTIVE_REPLICAS] !== undefined;

/** Replicas that a workload of the active color has: a worker's own note, else what its part recorded; undefined where neither says. */
export function activeReplicas(live: KubernetesObject, recorded: KubernetesObject): number | undefined {
  const noted = live.metadata.annotations?.[ACTIVE_REPLICAS];
  const wanted = noted === undefined ? recorded.spec?.replicas : Number(noted);
  return Number.isInteger(wanted) ? wanted : undefined;
}

/** Notes on the color's workers how many of them run while their color is active; what was a worker in an earlier version of it is none any more. */
export async function noteWorkers(deps: Deps, color: Color, split: SplitResult): Promise<void> {
  const note = async (kind: string, name: string, value: string | null) => {
    const ref = { ...(kind === 'CronJob' ? CRON_JOB : DEPLOYMENT), name };
    const body = { metadata: { annotations: { [ACTIVE_REPLICAS]: value } } };
    await deps.kubernetes.patch(ref, body, { type: 'merge', fieldManager: FIELD_MANAGER });
  };
  const workers = split.workloads.filter((workload) => workload.worker);
  for (const { kind, coloredName, replicas } of workers) {
    await note(kind, coloredName, kind === 'CronJob' ? 'scheduled' : String(replicas ?? 1));
  }
  const before = (await workersOf(deps, color)).filter(
    ({ kind, metadata }) => !workers.some((worker) => worker.kind === kind && worker.coloredName === metadata.name),
  );
  for (const { kind, metadata } of before) await note(kind, metadata.name, null);
}

async function workersOf({ kubernetes, options }: Deps, color: Color): Promise<KubernetesObject[]> {
  const [deployments, cronJobs] = await Promise.all([
    colorDeployments(kubernetes, options.release, color),
    kubernetes.list(CRON_JOB, { labelSelector: colorSelector(options.release, color) }),
  ]);
  const deployed = [...deployments.values()].map((object) => ({ ...object, kind: 'Deployment' }));
  const scheduled = cronJobs.items.map((object) => ({ ...object, kind: 'CronJob' }));
  return [...deployed, ...scheduled].filter(isWorker);
}

/** Starts or stops what runs in the active color only. Answers the Deployments that were started. */
export async function setWorkers(deps: Deps, color: Color, on: boolean): Promise<string[]> {
  const started: string[] = [];
  for (const worker of await workersOf(deps, color)) {
    const { name } = worker.metadata;
    if (worker.kind === 'CronJob') {
      await deps.kubernetes.patch({ ...CRON_JOB, name }, { spec: { suspend: !on } }, { type: 'merge', fieldManager: FIELD_MANAGER });
    } else {
      await scale(deps.kubernetes, name, on ? Number(worker.metadata.annotations?.[ACTIVE_REPLICAS] ?? 1) : 0);
      if (on) started.push(name);
    }
    deps.log.info(`${worker.kind}/${name} ${on ? 'runs' : 'stands still'}`);
  }
  await setScaledWorkers(deps, color, on);
  return started;
}

/** The old color's workers off first, so that nothing is worked on twice, then the new one's on. Answers those started. */
export async function moveWorkers(deps: Deps, from: Color | undefined, to: Color): Promise<string[]> {
  if (from) await setWorkers(deps, from, false);
  return setWorkers(deps, to, true);
}
