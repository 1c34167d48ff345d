import type { Event, Pod } from '../../interfaces/objects.ts';
import { EVENT } from '../kube/names.ts';
import { isLongRunning, takenAway } from '../kube/pods.ts';
import type { View } from '../kube/watch.ts';
import { type Cause, causeOf, GRACE } from './causes/cause.ts';
import { type ContainerStatus, containerCause } from './causes/container.ts';
import { scheduleCause, volumeCause } from './causes/node.ts';
import { probeKill } from './causes/probe.ts';
import { condition } from './controller-failures.ts';
import { nodeLostCause } from './disruption.ts';
import { timeOf } from './event-time.ts';
import { eventsOf, newestOf } from './events.ts';
import type { Failing } from './model.ts';
import { startFailure } from './start-failure.ts';

/** Pure: what keeps a pod from running. */
export function podFailures(view: View, pod: Pod, workload: string): Failing[] {
  const name = pod.metadata.name;
  // Evicted and lost pods are replaced by their controller: a retry, not a failure.
  if (takenAway(pod) !== undefined) return [];
  const cause = placementFailure(view, pod) ?? startFailure(view, pod) ?? nodeLostCause(pod);
  return cause ? [{ workload, pod: name, cause }] : containerFailures(view, pod, workload);
}

/** Why a pod has no node, or no volume. */
function placementFailure(view: View, pod: Pod): Cause | undefined {
  const { name, uid } = pod.metadata;
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status === 'False' && scheduled.reason === 'SchedulingGated') {
    const gates = (pod.spec as { schedulingGates?: { name: string }[] } | undefined)?.schedulingGates ?? [];
    const message = `Pod ${name} waits for its scheduling gates: ${gates.map((gate) => gate.name).join(', ')}`;
    return causeOf(
      'unschedulable',
      message,
      GRACE.limit,
      'Whoever set the gate removes it: an operator or a queue. Is it there, and at work?',
    );
  }
  if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable') {
    const cause = claimFailure(view, pod) ?? scheduleCause(name, scheduled.message ?? '');
    // An autoscaler is at work: a new node takes minutes, the time limit is what counts.
    const growing = eventsOf(view, uid).some(({ reason }) => reason === 'TriggeredScaleUp');
    return growing ? { ...cause, graceMs: GRACE.limit } : cause;
  }
  return claimFailure(view, pod);
}

/** The kubelet's second attempt comes after up to 16 s; where it is busy, its word of that up to ten seconds later. */
const SECOND_PULL_MS = 30_000;
const PULLS = ['registry-auth', 'image-not-found', 'image-pull'];
const patient = (cause: Cause): Cause =>
  PULLS.includes(cause.reason) ? { ...cause, graceMs: Math.max(cause.graceMs, SECOND_PULL_MS) } : cause;

/** What a Job's pod does about it is its Job's to judge: it may try again. */
const TRIED_AGAIN = ['crash-loop', 'init-failed', 'out-of-memory', 'liveness-killed'];

function containerFailures(view: View, pod: Pod, workload: string): Failing[] {
  const events = eventsOf(view, pod.metadata.uid);
  const pull = pullEvent(events) ?? '';
  // The kubelet of a node that sees a pull Secret for the first time may pull before it has read it, and then tries again.
  const early = events.some(({ reason }) => reason === 'FailedToRetrieveImagePullSecret');
  const runsOnce = !isLongRunning(pod);
  const containers = (statuses: ContainerStatus[] | undefined, specs: { name: string; image?: string }[] | undefined, init: boolean) =>
    (statuses ?? []).flatMap((status) => {
      const where = `${init ? 'Init container' : 'Container'} "${status.name}" of ${workload}`;
      const image = specs?.find((spec) => spec.name === status.name)?.image ?? status.image;
      const seen = containerCause(status, where, init, image, pull);
      if (!seen || (runsOnce && TRIED_AGAIN.includes(seen.reason))) return [];
      const cause = (seen.reason === 'crash-loop' && probeKill(events, pod, status, where)) || seen;
      return [{ workload, pod: pod.metadata.name, container: status.name, cause: early ? patient(cause) : cause }];
    });
  return [
    ...containers(pod.status?.initContainerStatuses, pod.spec?.initContainers, true),
    ...containers(pod.status?.containerStatuses, pod.spec?.containers, false),
  ];
}

/** What the registry said last. "Error: ImagePullBackOff" says nothing; the event that holds the registry's answer does. */
const pullEvent = (events: readonly Event[]): string | undefined =>
  newestOf(
    events.filter(
      ({ reason, message }) =>
        reason === 'Failed' && /pull|image|create/i.test(message ?? '') && !/^(Error: \w+|Back-off .*)$/.test(message ?? ''),
    ),
  )?.message;

/** Why a claim of a pod without a node gets no volume. Where the scheduler has chosen the node already, the pod itself says nothing. */
function claimFailure(view: View, { metadata, spec }: Pod): Cause | undefined {
  if (spec?.nodeName) return undefined;
  const claims = (spec?.volumes ?? []).map((volume) => volume.persistentVolumeClaim?.claimName);
  const event = newestOf(
    view.all(EVENT).filter(
      ({ reason, involvedObject, ...event }) =>
        reason === 'ProvisioningFailed' &&
        involvedObject.kind === 'PersistentVolumeClaim' &&
        claims.includes(involvedObject.name) &&
        // A claim of that name that is gone has events too.
        timeOf({ ...event, involvedObject }) >= (Date.parse(metadata.creationTimestamp ?? '') || 0),
    ),
  );
  return event && volumeCause(metadata.name, `claim ${event.involvedObject.name}: ${event.message}`);
}
