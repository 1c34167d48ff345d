import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Event, Pod } from '../../interfaces/objects.ts';
import { EVENT, POD } from '../kube/names.ts';
import type { View } from '../kube/watch.ts';
import type { ContainerStatus } from './causes/container.ts';
import { creatorOf, podsOf } from './controller-failures.ts';
import { timeOf } from './event-time.ts';
import type { Evidence } from './failure.ts';
import type { Failing } from './model.ts';
import { workloadNamed } from './unready.ts';

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

/** What a kubelet answers where a log is gone: with status 200. */
const NO_LOG = /^unable to retrieve container logs for \S+$/;

/** The last log lines of a container, and of its attempt before. */
export async function logEvidence(kubernetes: Kubernetes, pod: Pod, container: string): Promise<Evidence[]> {
  const read = async (previous: boolean) => {
    const options = { container, previous, tailLines: LOG_LINES, limitBytes: LOG_BYTES };
    const log = await kubernetes.logs({ name: pod.metadata.name }, options).catch(() => '');
    return NO_LOG.test(log) ? '' : log;
  };
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
  const creator = workload && creatorOf(view, workload);
  const objects = [workload, creator, ...pods, view.get(POD, failing.pod ?? '')];
  const uids = objects.map((object) => object?.metadata.uid);
  return new Set(uids.filter((uid) => uid !== undefined));
}

/** A container is killed in a healthy life, too; but not for a probe. */
const isNoise = ({ reason = '', message = '' }: Event): boolean => NOISE.has(reason) && !/failed \w+ probe/.test(message);

/** Pure: events about these objects (by uid), newest last, noise and repetition removed. */
export function eventLines(events: readonly Event[], about: ReadonlySet<string>): string[] {
  const lines = events
    .filter((event) => about.has(event.involvedObject.uid ?? '') && !isNoise(event))
    .sort((a, b) => timeOf(a) - timeOf(b))
    .map((event) => {
      const count = (event.count ?? 0) > 1 ? ` (${event.count} times)` : '';
      return `${event.involvedObject.kind}/${event.involvedObject.name} ${event.reason}: ${(event.message ?? '').trim()}${count}`;
    });
  return [...new Set(lines)].slice(-EVENT_LIMIT);
}
