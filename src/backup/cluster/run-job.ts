import { JOB, POD } from '../../deploy/kube/names.ts';
import { type Stuck, StuckPods } from '../../deploy/kube/stuck.ts';
import { type View, watchUntil } from '../../deploy/kube/watch.ts';
import type { Clock } from '../../interfaces/clock.ts';
import { type DeployError, DeployError as Failure, TimeoutError } from '../../interfaces/errors.ts';
import type { Kubernetes, KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Log } from '../../interfaces/log.ts';
import type { Job, Pod } from '../../interfaces/objects.ts';
import { tryJsonObject } from '../../interfaces/reading/json.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import { type PodPlan, podSpec } from './pod.ts';

export interface JobTools {
  kubernetes: Kubernetes;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}

export interface JobRun {
  name: string;
  pod: PodPlan;
  /** Objects that end with the Job: its Secret, its policies. */
  beside: readonly KubernetesObject[];
  /** Of the whole Job. */
  limitMs: number;
}

export interface JobResult {
  /** What the program has written as its report; undefined where it did not get so far. */
  report: Record<string, unknown> | undefined;
  succeeded: boolean;
  /** Its last words, where it failed without a report. */
  words: string;
}

/** A Job that nobody removes goes by itself after this, with all that belongs to it. */
const KEPT_S = 3600;

/** Pure: the Job, and what a CronJob makes. A pod that the cluster takes away is made again, one that failed is not. */
export const jobSpec = ({ pod, limitMs }: Pick<JobRun, 'pod' | 'limitMs'>): Record<string, unknown> => ({
  backoffLimit: 0,
  podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }] },
  activeDeadlineSeconds: Math.ceil(limitMs / 1000),
  ttlSecondsAfterFinished: KEPT_S,
  template: { metadata: { labels: pod.labels }, spec: podSpec(pod) },
});

/** Pure: the same object, which goes with its owner. */
export const ownedBy = (object: KubernetesObject, { apiVersion, kind, metadata }: KubernetesObject): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '' }] },
});

/** Runs a Job to its end, and removes it with all that belongs to it; so does the cluster, where this run is killed. */
export const runJob = (run: JobRun, tools: JobTools): Promise<JobResult> =>
  whileJobRuns(run, tools, () => endOfJob(run.name, run.limitMs, tools));

/** The same, with something else than its end to wait for. */
export async function whileJobRuns<T>(run: JobRun, { kubernetes, log }: JobTools, body: () => Promise<T>): Promise<T> {
  const object: KubernetesObject = { ...JOB, metadata: { name: run.name, labels: { ...run.pod.labels } }, spec: jobSpec(run) };
  const job = await kubernetes.create(object);
  try {
    for (const beside of run.beside) await kubernetes.apply(ownedBy(beside, job), { fieldManager: FIELD_MANAGER, force: true });
    log.info(`Job ${run.name} runs`);
    return await body();
  } finally {
    await kubernetes.delete({ ...JOB, name: run.name }, { uid: job.metadata.uid, propagation: 'Background' }).catch((error: unknown) => {
      log.warning(`Job ${run.name} was not removed (${String(error)}): the cluster does it ${KEPT_S / 60} minutes after its end`);
    });
  }
}

/** Watches a Job to its end. `limitMs`: the cluster's own. */
export async function endOfJob(name: string, limitMs: number, { kubernetes, clock, signal, log }: JobTools): Promise<JobResult> {
  const stuck = new StuckPods();
  const result = await watchUntil({
    kubernetes,
    clock,
    signal,
    watch: [
      { kind: JOB, options: { fieldSelector: `metadata.name=${name}` } },
      { kind: POD, options: { labelSelector: `job-name=${name}` } },
    ],
    // The cluster ends it by then.
    limitMs: limitMs + 60_000,
    waitingFor: `the end of Job ${name}`,
    judge: (view, now) => verdict(view, name, stuck.find(view.all(POD), now)),
    onLimit: (view) => tooLate(view, name, limitMs),
  });
  const [pod] = (await kubernetes.list(POD, { labelSelector: `job-name=${name}` })).items.filter((each) => terminated(each));
  const words = pod === undefined ? '' : await wordsOf(kubernetes, pod, log);
  return { succeeded: result === 'Complete', report: tryJsonObject(words) as JobResult['report'], words };
}

function verdict(view: View, name: string, held: Stuck | undefined): 'Complete' | 'Failed' | undefined {
  if (held) {
    const { pod, container, image, message } = held;
    throw new Failure('backup-failed', `Pod ${pod} does not start: container ${container}, image ${image}: ${message}`);
  }
  const conditions = (view.get<Job>(JOB, name)?.status?.conditions ?? []).filter(({ status }) => status === 'True').map(({ type }) => type);
  return conditions.includes('Complete') ? 'Complete' : conditions.includes('Failed') ? 'Failed' : undefined;
}

function tooLate(view: View, name: string, limitMs: number): DeployError {
  const [pod] = view.all(POD);
  const scheduled = pod?.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  return new TimeoutError(`the end of Job ${name}${scheduled ? ` (${scheduled.message})` : ''}`, limitMs);
}

const terminated = (pod: Pod) => pod.status?.containerStatuses?.find(({ name }) => name === 'backup')?.state?.terminated;

/** The report, or the end of the log: the cluster keeps 4 KiB of the first and 2 of the second. */
async function wordsOf(kubernetes: Kubernetes, pod: Pod, log: Log): Promise<string> {
  const message = terminated(pod)?.message ?? '';
  const lines = await kubernetes.logs({ name: pod.metadata.name }, { container: 'backup', tailLines: 200 }).catch(() => '');
  for (const line of lines.split('\n').filter((each) => each !== '')) log.debug(line);
  return message || lines;
}

/** It comes after the reason. */
const TODO = /^\s*What to do: /;

/** Pure: what a program says last is why it failed. */
export const lastLine = (words: string): string =>
  words
    .trim()
    .split('\n')
    .findLast((line) => line.trim() !== '' && !TODO.test(line)) ?? 'the Job has left no word';

/** Pure: what it says to do about it. */
export const adviceOf = (words: string): string | undefined => {
  const line = words.split('\n').findLast((each) => TODO.test(each));
  return line?.replace(TODO, '');
};
