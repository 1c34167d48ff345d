import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Condition, Event, Pod, ReplicaSet, Workload } from '../../interfaces/objects.ts';
import { kindNamed, rowOf } from '../../split/kinds/rows.ts';
import type { ReadyBy, ReadyKind } from '../../split/kinds/table.ts';
import { EVENT, POD, REPLICA_SET } from '../kube/names.ts';
import { takenAway } from '../kube/pods.ts';
import type { View } from '../kube/watch.ts';
import { type Cause, type ContainerStatus, containerCause, createCause, scheduleCause, volumeCause } from './causes.ts';
import { timeOf } from './event-time.ts';
import { startFailure } from './start-failure.ts';

/** Something whose pods must become ready. */
export interface Expected {
  kind: ReadyKind;
  name: string;
  /** Shared by both colors: while one of these is not ready, the color's crashes are waited out. */
  shared: boolean;
}

export interface Failing {
  cause: Cause;
  workload: string;
  pod?: string | undefined;
  container?: string | undefined;
}

export interface WorkloadState {
  workload: string;
  shared: boolean;
  ready: boolean;
  /** E.g. `1/2 ready`. */
  text: string;
  failing: Failing[];
}

const readyBy = (object: KubernetesObject): ReadyBy | undefined => rowOf(object)?.ready;

const condition = ({ status }: { status?: { conditions?: Condition[] } }, type: string): Condition | undefined =>
  status?.conditions?.find((entry) => entry.type === type);

/** Pods of a workload that count: its newest ReplicaSet's, or those it owns itself. */
export function podsOf(view: View, workload: KubernetesObject): Pod[] {
  const owner = readyBy(workload) === 'replica-set' ? newestReplicaSet(view, workload) : workload;
  if (owner === undefined) return [];
  return view
    .all(POD)
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid, controller }) => uid === owner.metadata.uid && controller))
    .filter((pod) => !pod.metadata.deletionTimestamp);
}

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

/** Whether its controller has seen the workload as it is now: until then pods, conditions and events are those of the version before. */
const isObserved = ({ metadata, status }: Workload): boolean => (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);

/** Pure: where a workload stands. */
export function workloadState(view: View, expected: Expected): WorkloadState {
  const workload = `${expected.kind}/${expected.name}`;
  const object = view.get(kindNamed(expected.kind).ref, expected.name);
  if (!object) return { workload, shared: expected.shared, ready: false, text: 'not there yet', failing: [] };
  const { ready, text } = readiness(object);
  // A Job has no observed generation: its template never changes.
  const unseen = readyBy(object) !== 'completion' && !isObserved(object);
  if (ready || unseen) return { workload, shared: expected.shared, ready, text, failing: [] };
  const failing = [
    ...controllerFailures(view, object, workload),
    ...podsOf(view, object).flatMap((pod) => podFailures(view, pod, workload)),
  ];
  return { workload, shared: expected.shared, ready, text, failing };
}

function readiness(object: Workload): { ready: boolean; text: string } {
  const status = object.status ?? {};
  const by = readyBy(object);
  const current = isObserved(object);
  if (by === 'completion') {
    return { ready: condition(object, 'Complete')?.status === 'True', text: `${status.succeeded ?? 0} succeeded` };
  }
  if (by === 'nodes') {
    const wanted = status.desiredNumberScheduled ?? 0;
    const ready = current && (status.updatedNumberScheduled ?? 0) >= wanted && (status.numberAvailable ?? 0) >= wanted;
    return { ready, text: `${status.numberReady ?? 0}/${wanted} ready` };
  }
  const wanted = object.spec?.replicas ?? 1;
  const updated = status.updatedReplicas ?? 0;
  // The strategy OnDelete updates nothing by itself.
  const onDelete = by === 'replicas' && object.spec?.updateStrategy?.type === 'OnDelete';
  const available = by === 'replica-set' ? (status.availableReplicas ?? 0) : (status.readyReplicas ?? 0);
  const ready = current && (onDelete || updated >= wanted) && (status.replicas ?? 0) <= wanted && available >= wanted;
  return { ready, text: `${Math.min(status.readyReplicas ?? 0, wanted)}/${wanted} ready` };
}

function controllerFailures(view: View, object: Workload, workload: string): Failing[] {
  const failures: Failing[] = [];
  const refused = condition(object, 'ReplicaFailure');
  const creator = readyBy(object) === 'replica-set' ? newestReplicaSet(view, object) : object;
  const event = newestEvent(view, creator?.metadata.uid, ['FailedCreate']);
  const message = refused?.status === 'True' ? refused.message : podsOf(view, object).length === 0 ? event : undefined;
  if (message) failures.push({ workload, cause: createCause(workload, message) });
  const progressing = condition(object, 'Progressing');
  if (progressing?.status === 'False' && progressing.reason === 'ProgressDeadlineExceeded') {
    const seconds = object.spec?.progressDeadlineSeconds;
    failures.push({ workload, cause: notReady(`${workload} made no progress for ${seconds} s (its progressDeadlineSeconds)`) });
  }
  const failed = readyBy(object) === 'completion' ? condition(object, 'Failed') : undefined;
  if (failed?.status === 'True') {
    failures.push({
      workload,
      cause: { reason: 'hook-failed', message: `${workload} failed: ${failed.message ?? failed.reason}`, graceMs: 0 },
    });
  }
  return failures;
}

const notReady = (message: string): Cause => ({ reason: 'not-ready', message, graceMs: 0 });

/** Pure: what keeps a pod from running. */
export function podFailures(view: View, pod: Pod, workload: string): Failing[] {
  const name = pod.metadata.name;
  // Evicted and lost pods are replaced by their controller: a retry, not a failure.
  if (takenAway(pod) !== undefined) return [];
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable') {
    const cause = scheduleCause(name, scheduled.message ?? '');
    // An autoscaler is at work: a new node takes minutes, the time limit is what counts.
    const growing = view.all(EVENT).some((event) => event.involvedObject.uid === pod.metadata.uid && event.reason === 'TriggeredScaleUp');
    return [{ workload, pod: name, cause: growing ? { ...cause, graceMs: Number.POSITIVE_INFINITY } : cause }];
  }
  const volume = claimFailure(view, pod);
  if (volume) return [{ workload, pod: name, cause: volume }];
  const start = startFailure(view, pod);
  if (start) return [{ workload, pod: name, cause: start }];
  const pull = newestEvent(view, pod.metadata.uid, ['Failed']) ?? '';
  // The kubelet of a node that sees a pull Secret for the first time may pull before it has read it, and then tries again.
  const early = newestEvent(view, pod.metadata.uid, ['FailedToRetrieveImagePullSecret']) !== undefined;
  const containers = (statuses: ContainerStatus[] | undefined, specs: { name: string; image?: string }[] | undefined, init: boolean) =>
    (statuses ?? []).flatMap((status) => {
      const where = `${init ? 'Init container' : 'Container'} "${status.name}" of ${workload}`;
      const image = specs?.find((spec) => spec.name === status.name)?.image ?? status.image;
      const cause = containerCause(status, where, init, image, pull);
      return cause ? [{ workload, pod: name, container: status.name, cause: early ? patient(cause) : cause }] : [];
    });
  return [
    ...containers(pod.status?.initContainerStatuses, pod.spec?.initContainers, true),
    ...containers(pod.status?.containerStatuses, pod.spec?.containers, false),
  ];
}

/** The kubelet's second attempt comes after ten seconds. */
const SECOND_PULL_MS = 20_000;
const PULLS = ['registry-auth', 'image-not-found', 'image-pull'];
const patient = (cause: Cause): Cause =>
  PULLS.includes(cause.reason) ? { ...cause, graceMs: Math.max(cause.graceMs, SECOND_PULL_MS) } : cause;

/** The newest warning about an object whose reason is one of these. */
function newestEvent(view: View, uid: string | undefined, reasons: readonly string[]): string | undefined {
  if (!uid) return undefined;
  return newestOf(
    view,
    (event) =>
      event.involvedObject.uid === uid &&
      reasons.includes(event.reason ?? '') &&
      /pull|image|create/i.test(event.message ?? '') &&
      // "Error: ImagePullBackOff" says nothing; the event that holds the registry's answer does.
      !/^(Error: \w+|Back-off .*)$/.test(event.message ?? ''),
  )?.message;
}

function newestOf(view: View, matches: (event: Event) => boolean): Event | undefined {
  return view
    .all(EVENT)
    .filter(matches)
    .sort((a, b) => timeOf(b) - timeOf(a))[0];
}

/** Why a claim of a pod without a node gets no volume. Where the scheduler has chosen the node already, the pod itself says nothing. */
function claimFailure(view: View, { metadata, spec }: Pod): Cause | undefined {
  if (spec?.nodeName) return undefined;
  const claims = (spec?.volumes ?? []).map((volume) => volume.persistentVolumeClaim?.claimName);
  const event = newestOf(
    view,
    (event) =>
      event.reason === 'ProvisioningFailed' &&
      event.involvedObject.kind === 'PersistentVolumeClaim' &&
      claims.includes(event.involvedObject.name) &&
      // A claim of that name that is gone has events too.
      timeOf(event) >= (Date.parse(metadata.creationTimestamp ?? '') || 0),
  );
  return event && volumeCause(metadata.name, `claim ${event.involvedObject.name}: ${event.message}`);
}

/** After a shared workload came up, a crashing pod gets this long to try again (the kubelet backs off up to 40 s by then). */
const NEXT_TRY_MS = 45_000;

/** Pure: the first failure that is certain by now; `since` remembers when each was first seen. */
export function certainFailure(states: readonly WorkloadState[], since: Map<string, number>, now: number): Failing | undefined {
  const sharedReady = states.every((state) => !state.shared || state.ready);
  const seen = new Set<string>();
  const certain: Failing[] = [];
  for (const state of states) {
    for (const failing of state.failing) {
      const key = `${failing.workload} ${failing.pod ?? ''} ${failing.container ?? ''} ${failing.cause.reason}`;
      seen.add(key);
      if (!since.has(key)) since.set(key, now);
      // While a shared workload (a database) is still coming up, what depends on it may well crash.
      const excused = !sharedReady && !state.shared && (failing.cause.reason === 'crash-loop' || failing.cause.reason === 'init-failed');
      if (excused) since.set(key, now + NEXT_TRY_MS);
      else if (now - (since.get(key) ?? now) >= failing.cause.graceMs) certain.push(failing);
    }
  }
  for (const key of since.keys()) if (!seen.has(key)) since.delete(key);
  return certain[0];
}
