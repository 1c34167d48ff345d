import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Log } from '../../interfaces/log.ts';
import { PAUSED, SCHEDULED } from '../../split/kinds/rows.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import { scale } from '../kube/scale.ts';
import type { PlainApp, PlainWorkload } from '../state/plain.ts';

interface Deps {
  kubernetes: Kubernetes;
  log: Log;
}

/** Starts or stops the workers of an app that is being taken over: they run in one version at a time. */
export async function setPlainWorkers(deps: Deps, plain: PlainApp, on: boolean): Promise<void> {
  const { kubernetes, log } = deps;
  await pauseOthers(deps, plain, !on);
  for (const worker of plain.workloads.filter((workload) => workload.worker && !workload.suspended)) {
    if ((await kubernetes.get(worker)) === undefined) continue;
    if (isScheduled(worker)) {
      await kubernetes.patch(worker, { spec: { suspend: !on } }, { type: 'merge', fieldManager: FIELD_MANAGER });
    } else await scale(kubernetes, worker, on ? worker.replicas : 0);
    log.info(`${worker.kind}/${worker.name} ${on ? 'is started' : 'is stopped'}`);
  }
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
