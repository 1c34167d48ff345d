import type { PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Job } from '../../interfaces/objects.ts';
import { runsOnce } from '../../split/kinds/rows.ts';
import { unpack } from '../../split/part/pack.ts';
import { isHook } from '../../split/read/hooks.ts';
import { equal } from '../kube/equal.ts';
import { JOB } from '../kube/names.ts';
import type { Plan, Run } from '../run/run.ts';
import { baseDiffers } from '../state/base-entries.ts';

/**
 * A Job's template cannot be changed: one that has finished and differs is deleted, so that Helm recreates it. From then on the base is not what
 * its version was deployed with, whoever is killed: the next deploy of the same base applies it again.
 */
export async function replaceFinishedJobs({ kubernetes, journal, log }: Run, plan: Plan, recorded: PartChart | undefined): Promise<void> {
  const finished: Job[] = [];
  for (const job of changedJobs(plan.split.baseObjects, recorded)) {
    const live = await kubernetes.get({ ...JOB, name: job.metadata.name });
    if (live && isFinished(live)) finished.push(live);
  }
  if (finished.length > 0) await journal.update(baseDiffers);
  for (const { metadata } of finished) {
    await kubernetes.delete({ ...JOB, name: metadata.name }, { propagation: 'Background', uid: metadata.uid });
    log.info(`Job ${metadata.name} has finished and its template changed: it is recreated${whomItCalls(plan)}`);
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
