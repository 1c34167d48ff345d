import type { PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Job } from '../../interfaces/objects.ts';
import { runsOnce } from '../../split/kinds/rows.ts';
import { unpack } from '../../split/part/pack.ts';
import { isHook } from '../../split/read/hooks.ts';
import { equal } from '../kube/equal.ts';
import { JOB } from '../kube/names.ts';
import type { Plan, Run } from '../run/run.ts';

/** A Job's template cannot be changed: one that has finished and differs is deleted, so that Helm recreates it. */
export async function replaceFinishedJobs({ kubernetes, log }: Run, plan: Plan, recorded: PartChart | undefined): Promise<void> {
  for (const job of changedJobs(plan.split.baseObjects, recorded)) {
    const live = await kubernetes.get({ ...JOB, name: job.metadata.name });
    if (!live || !isFinished(live)) continue;
    await kubernetes.delete({ ...JOB, name: job.metadata.name }, { propagation: 'Background', uid: live.metadata.uid });
    log.info(`Job ${job.metadata.name} has finished and its template changed: it is recreated${whomItCalls(plan)}`);
  }
}

/** By the names of Services, which lead both colors' clients alike. */
const whomItCalls = ({ active, serving, split }: Plan): string =>
  active && split.services.length > 0
    ? `; until the switch it finds ${serving?.version ?? 'the version that serves'} (${active}) behind the Services`
    : '';

/** Pure: whether a Job has come to its end, well or not. */
export const isFinished = ({ status }: Job): boolean =>
  status?.conditions?.some(({ type, status: is }) => ['Complete', 'Failed'].includes(type) && is === 'True') === true;

/** Pure: Jobs of the base, hooks aside, that its last part does not hold just as they are; how it writes JSON depends on its size. */
export function changedJobs(objects: readonly KubernetesObject[], recorded: PartChart | undefined): KubernetesObject[] {
  const jobs = objects.filter((object) => runsOnce(object) && !isHook(object));
  if (jobs.length === 0) return [];
  const before = recorded ? unpack(recorded) : [];
  return jobs.filter((job) => !before.some(({ object }) => equal(object, job)));
}
