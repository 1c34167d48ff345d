import { JOB, POD } from '../../deploy/kube/names.ts';
import { StuckPods } from '../../deploy/kube/stuck.ts';
import { watchUntil } from '../../deploy/kube/watch.ts';
import { TimeoutError } from '../../interfaces/errors.ts';
import type { Pod } from '../../interfaces/objects.ts';
import type { JobRun, JobTools } from './run-job.ts';

/** The Job's pod once its program waits for whoever connects; `ended` where it will not. `what`: what it is waited for. */
export function readyPod({ name, limitMs }: JobRun, what: string, tools: JobTools): Promise<Pod | 'ended'> {
  const stuck = new StuckPods();
  return watchUntil<Pod | 'ended'>({
    ...tools,
    watch: [
      { kind: JOB, options: { fieldSelector: `metadata.name=${name}` } },
      { kind: POD, options: { labelSelector: `job-name=${name}` } },
    ],
    limitMs,
    waitingFor: `${what} of Job ${name}`,
    judge: (view, now) => {
      const pods = view.all<Pod>(POD);
      const ready = pods.find(({ status }) => status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'));
      if (ready) return ready;
      const ended = pods.some(({ status }) => status?.phase === 'Failed' || status?.phase === 'Succeeded');
      return ended || stuck.find(pods, now) ? 'ended' : undefined;
    },
    onLimit: () => new TimeoutError(`${what} of Job ${name}`, limitMs),
  });
}
