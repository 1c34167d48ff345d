import type { Job } from '../../interfaces/objects.ts';
import { runsOnce } from '../../split/kinds/rows.ts';
import { isHook } from '../../split/read/hooks.ts';
import { refusalOf } from '../base/cannot-change.ts';
import { isFinished } from '../base/jobs.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { JOB } from '../kube/names.ts';
import type { Plan, Run } from '../run/run.ts';

/**
 * A Job that both colors share, and that this version changes, must have ended: one that has is made anew, one that runs cannot be changed
 * and is nobody's to delete. Errors: `StepFailure` (immutable-field) that names it.
 */
export async function requireEndedJobs({ kubernetes }: Pick<Run, 'kubernetes'>, { split, base, rollback }: Plan): Promise<void> {
  // A rollback leaves Jobs as they are.
  if (base === 'same' || rollback) return;
  for (const job of split.baseObjects.filter((object) => runsOnce(object) && !isHook(object))) {
    const live = await kubernetes.get({ ...JOB, name: job.metadata.name });
    if (!live || isFinished(live) || (await refusalOf(job, kubernetes)) === undefined) continue;
    throw stillRuns(live, kubernetes.namespace);
  }
}

function stillRuns({ metadata, status }: Job, namespace: string): StepFailure {
  const since = status?.startTime === undefined ? '' : ` since ${status.startTime}`;
  const message = `${JOB.kind}/${metadata.name}, as an earlier version made it, still runs${since}: this version changes it, and a Job that runs cannot be changed`;
  const hint = `Wait until it has ended: the next deploy makes it anew. If it must not go on: kubectl --namespace ${namespace} delete job ${metadata.name}`;
  return new StepFailure('immutable-field', message, { hint });
}
