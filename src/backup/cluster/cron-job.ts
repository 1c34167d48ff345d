import type { Kubernetes, KubernetesObject } from '../../interfaces/kubernetes.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import { type JobRun, jobSpec, ownedBy } from './run-job.ts';

export const CRON_JOB = { apiVersion: 'batch/v1', kind: 'CronJob' } as const;
/** A start that the controller has missed is made up for within this, s. */
const LATE_S = 3600;

/** Makes the CronJob, its Secret and its policies, or changes them; with it they go. */
export async function applyCronJob(kubernetes: Kubernetes, run: JobRun, schedule: string): Promise<void> {
  const object: KubernetesObject = {
    ...CRON_JOB,
    metadata: { name: run.name, labels: { ...run.pod.labels } },
    spec: {
      schedule,
      timeZone: 'Etc/UTC',
      // Two at once would wait for each other at the database.
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: LATE_S,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: { metadata: { labels: run.pod.labels }, spec: jobSpec(run) },
    },
  };
  const options = { fieldManager: FIELD_MANAGER, force: true };
  const applied = await kubernetes.apply(object, options);
  for (const beside of run.beside) await kubernetes.apply(ownedBy(beside, applied), options);
}
