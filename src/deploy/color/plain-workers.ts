import type { Workload } from '../../interfaces/objects.ts';
import { PAUSED, SCHEDULED } from '../../split/kinds/rows.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import { scale } from '../kube/scale.ts';
import type { AppContext } from '../run/run.ts';
import type { PlainApp, PlainWorkload } from '../state/plain.ts';
import { inherit } from './schedule.ts';

type Deps = Pick<AppContext, 'kubernetes' | 'log' | 'clock' | 'options'>;

/** Starts or stops the workers of an app that is being taken over: they run in one version at a time. */
export async function setPlainWorkers(deps: Deps, plain: PlainApp, on: boolean): Promise<void> {
  const { kubernetes, log } = deps;
  await pauseOthers(deps, plain, !on);
  if (on) await inherit(deps, await schedulesOf(deps, plain));
  for (const worker of plain.workloads.filter((workload) => workload.worker && !workload.suspended)) {
    if ((await kubernetes.get(worker)) === undefined) continue;
    if (isScheduled(worker)) {
      await kubernetes.patch(worker, { spec: { suspend: !on } }, { type: 'merge', fieldManager: FIELD_MANAGER });
    } else await scale(kubernetes, worker, on ? worker.replicas : 0);
    log.info(`${worker.kind}/${worker.name} ${on ? 'is started' : 'is stopped'}`);
  }
}

/** Their schedules, which go on where those of the color were. */
async function schedulesOf({ kubernetes }: Deps, { workloads }: PlainApp): Promise<Workload[]> {
  const own = workloads.filter((one) => one.worker && !one.suspended && isScheduled(one));
  const live = await Promise.all(own.map(({ apiVersion, kind, name }) => kubernetes.get<Workload>({ apiVersion, kind, name })));
  return live.filter((one) => one !== undefined);
}

const isScheduled = ({ kind }: PlainWorkload): boolean => SCHEDULED.some(({ ref }) => ref.kind === kind);

/** What scales by itself, from zero too, is paused with the workers. */
async function pauseOthers({ kubernetes }: Deps, { others, workloads }: PlainApp, pause: boolean): Promise<void> {
  const workers = new Set(workloads.filter(({ worker }) => worker).map(({ name }) => name));
  for (const object of others) {
    const held = PAUSED.find(({ ref }) => ref.kind === object.kind);
    const live = held && (await kubernetes.get(object));
    if (!held || !live) continue;
    const target = (live.spec as { scaleTargetRef?: { name?: string } } | undefined)?.scaleTargetRef?.name;
    if (target !== undefined && !workers.has(target)) continue;
    const annotations = { [held.annotation]: pause ? held.value : null };
    await kubernetes.patch(object, { metadata: { annotations } }, { type: 'merge', fieldManager: FIELD_MANAGER });
  }
}
