import type { Workload } from '../../interfaces/objects.ts';
import type { Reason } from '../../interfaces/reasons.ts';
import { kindNamed } from '../../split/kinds/rows.ts';
import type { View } from '../kube/watch.ts';
import type { Cause } from './causes/cause.ts';
import { condition, controllerFailures, podsOf, readyBy } from './controller-failures.ts';
import type { Expected, Failing, WorkloadState } from './model.ts';
import { podFailures } from './pod-failures.ts';

/** Whether its controller has seen the workload as it is now: until then pods, conditions and events are those of the version before. */
export const isObserved = ({ metadata, status }: Workload): boolean => (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);

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

/** After what it needs came up (a shared workload, what a hook does), a crashing pod gets this long to try again (the kubelet backs off up to 40 s by then). */
export const NEXT_TRY_MS = 45_000;
/** What may pass with the next try, once what a container needs is there. */
export const CRASHES: readonly Reason[] = ['crash-loop', 'init-failed', 'liveness-killed'];

/** Pure: what a failure is remembered by. */
export const keyOf = ({ workload, pod = '', container = '', cause }: Failing): string => `${workload} ${pod} ${container} ${cause.reason}`;

/** What is remembered of a failure. */
export interface Known {
  /** Since when it lasts; in the future where the next try decides. */
  since: number;
  /** Of a crash that was waited out: until when, and the tries that had begun then, which may have met nothing of what they need. */
  waited?: { until: number; begun: number } | undefined;
}

/** What has just become ready is not reached from everywhere at once: a kube-proxy follows after up to two seconds. */
const REACHED_MS = 5_000;

/** Pure: the first failure that is certain by now; `since` remembers those that were seen. */
export function certainFailure(states: readonly WorkloadState[], since: Map<string, Known>, now: number): Failing | undefined {
  const sharedReady = states.every((state) => !state.shared || state.ready);
  // Nothing is wrong with it so far.
  const comingUp = states.filter((state) => state.shared && !state.ready && state.failing.length === 0);
  const seen = new Set<string>();
  const certain: Failing[] = [];
  for (const state of states) {
    // While a shared workload (a database) is still coming up, what depends on it may well crash: a color, or another one in place.
    const waits = state.shared ? comingUp.length > 0 : !sharedReady;
    for (const failing of state.failing) {
      const key = keyOf(failing);
      seen.add(key);
      const isExcused = waits && CRASHES.includes(failing.cause.reason);
      const known = isExcused ? waitedOut(failing.cause, now) : triedAgain(since.get(key) ?? { since: now }, failing.cause, now);
      since.set(key, known);
      if (!isExcused && now - known.since >= failing.cause.graceMs) certain.push(failing);
    }
  }
  // One that runs again may be at the try that was under way.
  for (const [key, { waited }] of since) {
    if (!seen.has(key) && (waited === undefined || now - waited.until >= NEXT_TRY_MS)) since.delete(key);
  }
  return certain[0];
}

const waitedOut = ({ tries }: Cause, now: number): Known => ({
  since: now + NEXT_TRY_MS,
  waited: tries && { until: now, begun: tries.begun },
});

/** A try that began when what it needs had been there for a moment, and ended: that counts at once. */
function triedAgain(known: Known, { tries }: Cause, now: number): Known {
  const { waited } = known;
  if (!waited || !tries) return known;
  if (now - waited.until < REACHED_MS) return { ...known, waited: { ...waited, begun: tries.begun } };
  return tries.ended > waited.begun ? { since: now } : known;
}
