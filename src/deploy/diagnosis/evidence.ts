import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Event, Pod, Workload } from '../../interfaces/objects.ts';
import { READY } from '../../split/kinds/rows.ts';
import { EVENT, POD } from '../kube/names.ts';
import { isReady } from '../kube/pods.ts';
import type { View } from '../kube/watch.ts';
import { type ContainerStatus, causeOf } from './causes.ts';
import type { Evidence } from './failure.ts';
import { type Failing, podsOf, type WorkloadState } from './workload-state.ts';

const LOG_LINES = 40;
const LOG_BYTES = 32 * 1024;
const EVENT_LIMIT = 12;
/** Events that happen in every healthy start. */
const NOISE = new Set([
  'Scheduled',
  'Pulling',
  'Pulled',
  'Created',
  'Started',
  'SuccessfulCreate',
  'ScalingReplicaSet',
  'Killing',
  'SuccessfulRescale',
]);

/** Pure: the most relevant workload at a time-out: which pod, which container, which probe. */
export function explainUnready(view: View, states: readonly WorkloadState[], limitMs: number): Failing {
  const late = states.find((state) => !state.ready && state.failing.length > 0) ?? states.find((state) => !state.ready);
  const workload = late?.workload ?? 'the new version';
  const known = late?.failing[0];
  if (known) return known;
  const object = workloadNamed(view, workload);
  const pod = object ? podsOf(view, object).find((one) => !isReady(one)) : undefined;
  const unready = pod?.status?.containerStatuses?.find((status) => !status.ready);
  const probe = pod && unready ? probeText(pod, unready.name, unready.started === true) : '';
  const message = unready
    ? `Container "${unready.name}" of ${workload} was not ready within ${limitMs / 1000} s${probe ? ` (${probe})` : ''}`
    : `${workload} was not ready within ${limitMs / 1000} s (${late?.text ?? 'not there'})`;
  return {
    workload,
    pod: pod?.metadata.name,
    container: unready?.name,
    cause: causeOf('not-ready', message, 0),
  };
}

/** `Deployment/web` as a watch has seen it; other kinds than workloads are not looked for. */
const workloadNamed = (view: View, title: string): Workload | undefined => {
  const [kind, name = ''] = title.split('/');
  const row = READY.find(({ ref }) => ref.kind === kind);
  return row && view.get(row.ref, name);
};

/** E.g. `readiness probe GET :8000/health`. */
function probeText(pod: Pod, container: string, started: boolean): string {
  const spec = pod.spec?.containers?.find((one) => one.name === container);
  for (const [name, probe] of [
    ['startup', started ? undefined : spec?.startupProbe],
    ['readiness', spec?.readinessProbe],
  ] as const) {
    if (!probe) continue;
    if (probe.httpGet) return `${name} probe GET :${probe.httpGet.port}${probe.httpGet.path ?? '/'}`;
    if (probe.tcpSocket) return `${name} probe TCP :${probe.tcpSocket.port}`;
    if (probe.grpc) return `${name} probe gRPC :${probe.grpc.port}`;
    if (probe.exec) return `${name} probe ${JSON.stringify(probe.exec.command)}`;
  }
  return '';
}

/** What was seen of a failure: the pod's containers, last log lines of this and the previous attempt, events without noise. */
export async function collectEvidence(kubernetes: Kubernetes, view: View, failing: Failing): Promise<Evidence[]> {
  const pod = failing.pod ? view.get(POD, failing.pod) : undefined;
  const evidence: Evidence[] = [];
  if (pod) {
    evidence.push(...(await podEvidence(kubernetes, pod, failing.container)));
  }
  const events = eventLines(view.all(EVENT), concerned(view, failing));
  if (events.length > 0) evidence.push({ title: 'Events', text: events.join('\n') });
  return evidence;
}

/** The log of the container that matters, which says most and therefore comes first, and how the pod's containers stand. */
export async function podEvidence(kubernetes: Kubernetes, pod: Pod, container: string | undefined): Promise<Evidence[]> {
  const logs = container === undefined ? [] : await logEvidence(kubernetes, pod, container);
  return [...logs, { title: `Pod ${pod.metadata.name}`, text: containerLines(pod).join('\n') }];
}

/** The last log lines of a container, and of its attempt before. */
export async function logEvidence(kubernetes: Kubernetes, pod: Pod, container: string): Promise<Evidence[]> {
  const read = (previous: boolean) =>
    kubernetes.logs({ name: pod.metadata.name }, { container, previous, tailLines: LOG_LINES, limitBytes: LOG_BYTES }).catch(() => '');
  const [current, previous] = await Promise.all([read(false), read(true)]);
  const logs: Evidence[] = [];
  if (current.trim()) logs.push({ title: `Last log lines of ${container}`, text: current.trimEnd() });
  if (previous.trim() && previous !== current)
    logs.push({ title: `Last log lines of ${container}, previous attempt`, text: previous.trimEnd() });
  return logs;
}

/** Pure: one line per container: state, exit code, restarts. */
export function containerLines(pod: Pod): string[] {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  if (statuses.length === 0) return [`phase ${pod.status?.phase ?? 'unknown'}${pod.status?.reason ? ` (${pod.status.reason})` : ''}`];
  return statuses.map((status) => {
    const state = stateText(status.state);
    const last = status.lastState?.terminated ? `; before: ${stateText(status.lastState)}` : '';
    return `${status.name}: ${state}, ${status.ready ? 'ready' : 'not ready'}, ${status.restartCount} restarts${last}`;
  });
}

function stateText(state: ContainerStatus['state']): string {
  if (state?.running) return 'running';
  if (state?.waiting) return `waiting (${state.waiting.reason ?? 'no reason'})${state.waiting.message ? `: ${state.waiting.message}` : ''}`;
  const ended = state?.terminated;
  if (!ended) return 'not started';
  return `ended with exit code ${ended.exitCode}${ended.reason ? ` (${ended.reason})` : ''}${ended.message ? `: ${ended.message.trim()}` : ''}`;
}

/** The workload, its newest pods and their owners: not what is left of versions before. */
function concerned(view: View, failing: Failing): ReadonlySet<string> {
  const workload = workloadNamed(view, failing.workload);
  const pods = workload ? podsOf(view, workload) : [];
  const owners = pods.flatMap((pod) => pod.metadata.ownerReferences?.map((owner) => owner.uid) ?? []);
  const uids = [workload?.metadata.uid, ...pods.map((pod) => pod.metadata.uid), ...owners, view.get(POD, failing.pod ?? '')?.metadata.uid];
  return new Set(uids.filter((uid) => uid !== undefined));
}

/** Pure: events about these objects (by uid), newest last, noise and repetition removed. */
export function eventLines(events: readonly Event[], about: ReadonlySet<string>): string[] {
  const time = (event: Event) => Date.parse(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '') || 0;
  const lines = events
    .filter((event) => !NOISE.has(event.reason ?? '') && about.has(event.involvedObject.uid ?? ''))
    .sort((a, b) => time(a) - time(b))
    .map((event) => {
      const count = (event.count ?? 0) > 1 ? ` (${event.count} times)` : '';
      return `${event.involvedObject.kind}/${event.involvedObject.name} ${event.reason}: ${(event.message ?? '').trim()}${count}`;
    });
  return [...new Set(lines)].slice(-EVENT_LIMIT);
}
