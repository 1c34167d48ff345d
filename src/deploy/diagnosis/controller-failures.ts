import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Condition, Pod, ReplicaSet, Workload } from '../../interfaces/objects.ts';
import { rowOf } from '../../split/kinds/rows.ts';
import type { ReadyBy } from '../../split/kinds/table.ts';
import { POD, REPLICA_SET } from '../kube/names.ts';
import type { View } from '../kube/watch.ts';
import { type Cause, causeOf, firstLine, GRACE, timesText } from './causes/cause.ts';
import { type ContainerStatus, endText } from './causes/container.ts';
import { createCause } from './causes/create.ts';
import { repeatedEviction } from './disruption.ts';
import { eventsOf, newestOf } from './events.ts';
import type { Failing } from './model.ts';

export const readyBy = (object: KubernetesObject): ReadyBy | undefined => rowOf(object)?.ready;

export const condition = ({ status }: { status?: { conditions?: Condition[] } }, type: string): Condition | undefined =>
  status?.conditions?.find((entry) => entry.type === type);

/** Pods of a workload that count: its newest ReplicaSet's, or those it owns itself. */
export function podsOf(view: View, workload: Workload): Pod[] {
  const owner = creatorOf(view, workload);
  if (owner === undefined) return [];
  return view.all(POD).filter((pod) => isOwnedBy(pod, owner) && isOfRevision(pod, workload) && !pod.metadata.deletionTimestamp);
}

export const isOwnedBy = ({ metadata }: Pod, owner: KubernetesObject): boolean =>
  metadata.ownerReferences?.some(({ uid, controller }) => uid === owner.metadata.uid && controller) === true;

/** What tells a DaemonSet's pods of one template from those of another: the number of the template. */
const GENERATION = { of: 'deprecated.daemonset.template.generation', on: 'pod-template-generation' } as const;

/** Pure: whether a pod of a workload that owns its pods itself is of the template as it is now; the ones before it say nothing of this version. */
export function isOfRevision({ metadata: { labels = {} } }: Pod, { metadata, status }: Workload): boolean {
  const { updateRevision } = status ?? {};
  if (updateRevision !== undefined) return [undefined, updateRevision].includes(labels['controller-revision-hash']);
  const generation = metadata.annotations?.[GENERATION.of];
  return generation === undefined || [undefined, generation].includes(labels[GENERATION.on]);
}

/** What makes a workload's pods: its newest ReplicaSet, or the workload itself; undefined where that is not there yet. */
export const creatorOf = (view: View, workload: KubernetesObject): KubernetesObject | undefined =>
  readyBy(workload) === 'replica-set' ? newestReplicaSet(view, workload) : workload;

/** The ReplicaSet of the Deployment's template as it is now; the ones before it say nothing of this version. */
function newestReplicaSet(view: View, deployment: KubernetesObject): ReplicaSet | undefined {
  const newest = view
    .all(REPLICA_SET)
    .filter((set) => set.metadata.ownerReferences?.some((reference) => reference.uid === deployment.metadata.uid))
    .sort((a, b) => revisionOf(b) - revisionOf(a))[0];
  // Deployments and ReplicaSets are watched apart: the newest one may not be known yet.
  return newest && revisionOf(newest) >= revisionOf(deployment) ? newest : undefined;
}

const revisionOf = ({ metadata }: KubernetesObject): number => Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);

/** Pure: what a workload's controller says. */
export function controllerFailures(view: View, object: Workload, workload: string): Failing[] {
  const failures: Failing[] = [];
  if (object.spec?.paused) failures.push({ workload, cause: pausedCause(workload) });
  const refused = condition(object, 'ReplicaFailure');
  const creator = creatorOf(view, object);
  const pods = podsOf(view, object);
  const event = newestOf(eventsOf(view, creator?.metadata.uid).filter(({ reason }) => reason === 'FailedCreate'))?.message;
  const message = refused?.status === 'True' ? refused.message : pods.length === 0 ? event : undefined;
  if (message) failures.push({ workload, cause: createCause(workload, message) });
  const progressing = condition(object, 'Progressing');
  if (progressing?.status === 'False' && progressing.reason === 'ProgressDeadlineExceeded') {
    const seconds = object.spec?.progressDeadlineSeconds;
    failures.push({
      workload,
      cause: causeOf('not-ready', `${workload} made no progress for ${seconds} s (its progressDeadlineSeconds)`, GRACE.none),
    });
  }
  if (readyBy(object) === 'completion') failures.push(...jobFailures(object, pods, workload));
  const eviction = repeatedEviction(pods, workload);
  if (eviction) failures.push(eviction);
  return failures;
}

const pausedCause = (workload: string): Cause =>
  causeOf('paused', `${workload} is paused (spec.paused): its controller makes no pods of the new version`, GRACE.none);

/** A Job tries again by itself: it has failed when it says so. */
function jobFailures(object: Workload, pods: readonly Pod[], workload: string): Failing[] {
  const failed = condition(object, 'Failed');
  if (failed?.status !== 'True') return [];
  const last = lastFailed(pods);
  const why = firstLine(failed.message) || failed.reason;
  if (!last) return [{ workload, cause: causeOf('hook-failed', `${workload} failed: ${why}`, GRACE.none, failedJobHint(failed.reason)) }];
  const { pod, status, times } = last;
  const how = status.state?.terminated ? endText(status.state.terminated) : 'ended';
  const message = `${workload} failed ${timesText(times)}: container "${status.name}" ended with ${how} (${why})`;
  return [{ workload, pod: pod.metadata.name, container: status.name, cause: causeOf('hook-failed', message, GRACE.none) }];
}

const failedJobHint = (reason: string | undefined): string | undefined =>
  reason === 'DeadlineExceeded' ? 'Raise its activeDeadlineSeconds, or find what it waits for.' : undefined;

/** Pure: of a Job's pods, the last one whose container failed; and how many did. */
export function lastFailed(pods: readonly Pod[]): { pod: Pod; status: ContainerStatus; times: number } | undefined {
  const failed = pods.flatMap((pod) => {
    const statuses: ContainerStatus[] = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
    const status = statuses.find(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0);
    return status ? [{ pod, status }] : [];
  });
  const at = ({ status }: { status: ContainerStatus }) => Date.parse(status.state?.terminated?.finishedAt ?? '') || 0;
  const [last] = failed.sort((a, b) => at(b) - at(a));
  return last && { ...last, times: failed.length };
}
