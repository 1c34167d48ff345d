import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Workload } from '../../interfaces/objects.ts';
import { workloadSpec } from '../../split/kinds/fields.ts';
import { countsReplicas, kindNamed, WORKLOADS } from '../../split/kinds/rows.ts';
import type { ScaledKind, WorkloadKind } from '../../split/kinds/table.ts';
import { type Color, FIELD_MANAGER, otherColor, type SplitResult } from '../../split/model.ts';
import { waitReady } from '../diagnosis/ready.ts';
import { colorObjects, refOf } from '../kube/kinds.ts';
import { scale } from '../kube/scale.ts';
import type { AppContext, Run } from '../run/run.ts';
import { setScaledWorkers } from './keda.ts';
import { inherit } from './schedule.ts';
import { suspend } from './suspend.ts';

type Deps = Pick<AppContext, 'kubernetes' | 'options' | 'log'>;

export interface StartedWorker {
  kind: ScaledKind;
  name: string;
}

/** Workers of a color as the chart wants them while the color is active, on its objects themselves, so that any later run can read it. */
const ACTIVE_REPLICAS = 'todo-deploy.dev/active-replicas';

/** Whether a color's object runs in the active color only. */
export const isWorker = ({ metadata }: KubernetesObject): boolean => metadata.annotations?.[ACTIVE_REPLICAS] !== undefined;

/** Replicas that a workload of the active color has: a worker's own annotation, else what its part recorded, if anything. */
export function activeReplicas(live: KubernetesObject, recorded: KubernetesObject): number | undefined {
  const count = live.metadata.annotations?.[ACTIVE_REPLICAS];
  const wanted = count === undefined ? workloadSpec(recorded).replicas : Number(count);
  return Number.isInteger(wanted) ? wanted : undefined;
}

/** Annotates the color's workers with how many run while it is active; what is no longer a worker loses the annotation. */
export async function recordActiveReplicas(deps: Deps, color: Color, split: SplitResult): Promise<void> {
  const annotate = async (kind: WorkloadKind, name: string, value: string | null) => {
    const body = { metadata: { annotations: { [ACTIVE_REPLICAS]: value } } };
    await deps.kubernetes.patch({ ...kindNamed(kind).ref, name }, body, { type: 'merge', fieldManager: FIELD_MANAGER });
  };
  const workers = split.workloads.filter((workload) => workload.worker);
  for (const worker of workers) {
    await annotate(worker.kind, worker.coloredName, countsReplicas(worker) ? String(worker.replicas ?? 1) : 'scheduled');
  }
  const before = (await workersOf(deps, color)).filter(
    ({ kind, object }) => !workers.some((worker) => worker.kind === kind && worker.coloredName === object.metadata.name),
  );
  for (const { kind, object } of before) await annotate(kind, object.metadata.name, null);
}

async function workersOf({ kubernetes, options }: Deps, color: Color): Promise<{ kind: WorkloadKind; object: Workload }[]> {
  const lists = await Promise.all(
    WORKLOADS.map(async (row) => {
      const objects = await colorObjects(kubernetes, options.release, color, row);
      return objects.filter(isWorker).map((object) => ({ kind: row.ref.kind, object }));
    }),
  );
  return lists.flat();
}

/** Starts or stops what runs in the active color only. Returns what was started and has to become ready. */
export async function setWorkers(deps: Deps, color: Color, on: boolean): Promise<StartedWorker[]> {
  const started: StartedWorker[] = [];
  for (const { kind, object } of await workersOf(deps, color)) {
    const { name, annotations } = object.metadata;
    const worker = { kind, name };
    if (!countsReplicas(worker)) {
      await suspend(deps.kubernetes, object, !on);
    } else {
      await scale(deps.kubernetes, refOf(object), on ? Number(annotations?.[ACTIVE_REPLICAS] ?? 1) : 0);
      if (on) started.push(worker);
    }
    deps.log.info(`${kind}/${name} ${on ? 'is started' : 'is stopped'}`);
  }
  await setScaledWorkers(deps, color, on);
  return started;
}

/**
 * The other color's workers off first, so that nothing is worked on twice, then the new one's on; schedules go on where they were. Where
 * nobody knows any more that the other one served, its schedules may run all the same. Returns those started.
 */
export async function moveWorkers(deps: Deps & Pick<AppContext, 'clock'>, from: Color | undefined, to: Color): Promise<StartedWorker[]> {
  await setWorkers(deps, from ?? otherColor(to), false);
  const heirs = (await workersOf(deps, to)).filter(({ kind }) => !countsReplicas({ kind }));
  await inherit(
    deps,
    heirs.map(({ object }) => object),
  );
  return setWorkers(deps, to, true);
}

/** Watches started workers until they are ready. Errors: `StepFailure` with the cause, the signal's reason. */
export const workersReady = (run: Run, workers: readonly StartedWorker[], signal: AbortSignal): Promise<void> =>
  waitReady(
    workers.map((worker) => ({ ...worker, shared: false })),
    run,
    { signal, limitMs: run.options.timeoutMs },
  );
