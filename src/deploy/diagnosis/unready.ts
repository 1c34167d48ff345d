import type { Pod, Workload } from '../../interfaces/objects.ts';
import { READY } from '../../split/kinds/rows.ts';
import { isReady, takenAway } from '../kube/pods.ts';
import type { View } from '../kube/watch.ts';
import { type Cause, causeOf, GRACE, timesText } from './causes/cause.ts';
import { type ContainerStatus, crashCause, endOf, endText } from './causes/container.ts';
import { type ProbeName, probeFailure } from './causes/probe.ts';
import { condition, lastFailed, podsOf, readyBy } from './controller-failures.ts';
import { evictionCause, neverTaken } from './disruption.ts';
import { eventsOf, newestOf } from './events.ts';
import type { Failing, WorkloadState } from './model.ts';
import { isObserved } from './workload-state.ts';

/** Pure: at a time limit, why the workload that matters most is not ready; `limitMs` 0 where nothing was waited for. */
export function explainUnready(view: View, states: readonly WorkloadState[], limitMs: number): Failing {
  const late = states.find((state) => !state.ready && state.failing.length > 0) ?? states.find((state) => !state.ready);
  const workload = late?.workload ?? 'the new version';
  const known = late?.failing.find(({ cause }) => cause.reason !== 'not-ready');
  if (known) return known;
  const object = workloadNamed(view, workload);
  const unready = object && explained(view, object, workload, limitMs);
  const said = late?.failing[0];
  if (said && unready?.cause.reason !== 'not-ready') return unready ?? said;
  if (said) return { ...unready, cause: { ...said.cause, hint: unready?.cause.hint ?? said.cause.hint } } as Failing;
  return unready ?? { workload, cause: causeOf('not-ready', lateText(workload, limitMs, late?.text ?? 'not there'), GRACE.none) };
}

const lateText = (what: string, limitMs: number, why: string): string =>
  `${what} was not ready within ${limitMs / 1000} s${why ? ` (${why})` : ''}`;
const after = (limitMs: number): string => (limitMs > 0 ? ` after ${limitMs / 1000} s` : '');

/** `Deployment/web` as a watch has seen it; other kinds than workloads are not looked for. */
export const workloadNamed = (view: View, title: string): Workload | undefined => {
  const [kind, name = ''] = title.split('/');
  const row = READY.find(({ ref }) => ref.kind === kind);
  return row && view.get(row.ref, name);
};

function explained(view: View, object: Workload, workload: string, limitMs: number): Failing | undefined {
  const pods = podsOf(view, object);
  if (readyBy(object) === 'completion') return unfinished(pods, workload, limitMs);
  if (!isObserved(object)) return { workload, cause: unobserved(workload) };
  const live = pods.filter((pod) => takenAway(pod) === undefined);
  const pod = live.find((one) => !isReady(one));
  if (pod) return podExplained(view, pod, workload, limitMs);
  const gone = pods.map((one) => ({ one, cause: evictionCause(one) })).findLast(({ cause }) => cause !== undefined);
  if (gone?.cause && live.length === 0) return { workload, pod: gone.one.metadata.name, cause: gone.cause };
  return leftover(object, live, workload, limitMs);
}

const unobserved = (workload: string): Cause =>
  causeOf(
    'not-ready',
    `The controller of ${workload} has not looked at its new version yet`,
    GRACE.none,
    'Is kube-controller-manager at work? Nothing is known of the pods of this version.',
  );

/** All pods are ready, and the workload is not. */
function leftover(object: Workload, live: readonly Pod[], workload: string, limitMs: number): Failing | undefined {
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = object.status ?? {};
  const wanted = object.spec?.replicas ?? 1;
  const seconds = (object.spec as { minReadySeconds?: number } | undefined)?.minReadySeconds ?? 0;
  if (live.length >= wanted && readyReplicas >= wanted && availableReplicas < wanted && seconds > 0) {
    const message = lateText(workload, limitMs, `its pods are ready, and count after ${seconds} s: minReadySeconds`);
    return { workload, cause: causeOf('not-ready', message, GRACE.none, 'Lower minReadySeconds, or raise the input "timeout".') };
  }
  if (live.length >= wanted && replicas > wanted) {
    const message = lateText(workload, limitMs, `${replicas - wanted} pods of the version before have not come to their end`);
    return { workload, cause: causeOf('not-ready', message, GRACE.none, 'What keeps them: kubectl describe pod') };
  }
  return undefined;
}

function unfinished(pods: readonly Pod[], workload: string, limitMs: number): Failing {
  const last = lastFailed(pods);
  const running = pods.flatMap((pod) => statusesOf(pod).flatMap(({ status }) => (status.state?.running ? [{ pod, status }] : [])))[0];
  const place = running ?? last;
  const parts = [
    last ? `failed ${timesText(last.times)}${last.status.state?.terminated ? `, with ${endText(last.status.state.terminated)}` : ''}` : '',
    running ? `container "${running.status.name}" of pod ${running.pod.metadata.name} runs` : '',
    !place ? (pods.length === 0 ? 'it has no pod' : 'no container of it has started') : '',
  ].filter(Boolean);
  const cause = causeOf('job-unfinished', `${workload} has not come to its end${after(limitMs)}: ${parts.join('; ')}`, GRACE.none);
  return { workload, pod: place?.pod.metadata.name, container: place?.status.name, cause };
}

const statusesOf = (pod: Pod): { status: ContainerStatus; init: boolean }[] => [
  ...(pod.status?.initContainerStatuses ?? []).map((status) => ({ status, init: true })),
  ...(pod.status?.containerStatuses ?? []).map((status) => ({ status, init: false })),
];

function podExplained(view: View, pod: Pod, workload: string, limitMs: number): Failing {
  const { name } = pod.metadata;
  const events = eventsOf(view, pod.metadata.uid);
  const found = statusesOf(pod).find(({ status }) => !isDone(status, pod));
  const at = { workload, pod: name, container: found?.status.name };
  const never = neverTaken(pod);
  if (never) return { workload, pod: name, cause: never };
  if (!found) return { workload, pod: name, cause: gateCause(pod, workload, limitMs) };
  const { status, init } = found;
  const where = `${init ? 'Init container' : 'Container'} "${status.name}" of ${workload}`;
  const ended = endOf(status);
  if (ended && (ended.exitCode !== 0 || !init)) {
    return { ...at, cause: crashCause(where, init, ended, status.restartCount + (status.state?.running ? 0 : 1)) };
  }
  if (init && status.state?.running && !isSidecar(pod, status.name)) {
    const message = `${where} still runs${after(limitMs)}, and what comes after it waits`;
    return { ...at, cause: causeOf('init-waiting', message, GRACE.none) };
  }
  if (status.state?.running) {
    const probe: ProbeName = status.started === true ? 'readiness' : 'startup';
    const asked = probeFailure(events, pod, status.name, probe) ?? probeFailure(events, pod, status.name, 'readiness');
    return { ...at, cause: causeOf('not-ready', lateText(where, limitMs, asked?.text ?? ''), GRACE.none, asked?.hint) };
  }
  return { ...at, cause: startingCause(newestOf(events)?.reason, where, status.image, limitMs) };
}

const isSidecar = (pod: Pod, name: string): boolean =>
  pod.spec?.initContainers?.some((one) => one.name === name && one.restartPolicy === 'Always') === true;

/** Ready, or an init container whose work is done. */
const isDone = (status: ContainerStatus, pod: Pod): boolean =>
  status.ready || status.state?.terminated?.exitCode === 0 || (isSidecar(pod, status.name) && status.started === true && status.ready);

function gateCause(pod: Pod, workload: string, limitMs: number): Cause {
  const open = (pod.spec?.readinessGates ?? []).filter(({ conditionType }) => condition(pod, conditionType)?.status !== 'True');
  const why = open.length > 0 ? `readiness gate ${open.map(({ conditionType }) => conditionType).join(', ')}` : 'its pod is not ready';
  const hint = open.length > 0 ? 'Whoever sets this condition, such as a load balancer controller, has not: is it at work?' : undefined;
  return causeOf('not-ready', lateText(workload, limitMs, why), GRACE.none, hint);
}

/** A container that has not been started, and nothing that says why. */
function startingCause(event: string | undefined, where: string, image: string, limitMs: number): Cause {
  if (event !== 'Pulling')
    return causeOf('not-ready', lateText(where, limitMs, 'it has not been started'), GRACE.none, 'What it waits for: kubectl describe pod');
  return causeOf(
    'image-pull',
    `The image ${image} was still being pulled${after(limitMs)}`,
    GRACE.none,
    'Make it smaller, put the registry nearer to the nodes, or raise the input "timeout".',
  );
}
