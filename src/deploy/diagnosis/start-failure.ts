import type { Event, Pod } from '../../interfaces/objects.ts';
import { EVENT } from '../kube/names.ts';
import type { View } from '../kube/watch.ts';
import type { Cause } from './causes/cause.ts';
import { missingCause, missingIn } from './causes/missing.ts';
import { sandboxCause, volumeCause } from './causes/node.ts';
import { timeOf } from './event-time.ts';

/** What keeps a pod from its first container, and what says that it got over it. */
const FAILED = ['FailedMount', 'FailedAttachVolume', 'FailedCreatePodSandBox'];
const WENT_ON = ['SuccessfulAttachVolume', 'Pulling', 'Pulled', 'Created', 'Started'];

/** Pure: why a pod that has its node starts no container: a volume, what a volume is made of, or the sandbox. */
export function startFailure(view: Pick<View, 'all'>, pod: Pod): Cause | undefined {
  if (!isStarting(pod)) return undefined;
  const events = view.all(EVENT).filter(({ involvedObject }) => involvedObject.uid === pod.metadata.uid);
  const newest = newestOf(events, [...FAILED, ...WENT_ON]);
  if (newest === undefined || !FAILED.includes(newest.reason ?? '')) return undefined;
  const { name } = pod.metadata;
  const message = newest.message ?? '';
  if (newest.reason === 'FailedCreatePodSandBox') return sandboxCause(name, message);
  return missingIn(message) === undefined ? volumeCause(name, message) : missingCause(`Pod ${name}`, message);
}

/** None of its containers has been created. */
function isStarting({ status }: Pod): boolean {
  if (status?.conditions?.some(({ type, status: on }) => type === 'PodReadyToStartContainers' && on === 'True')) return false;
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return containers.every(
    ({ state }) => state === undefined || ['ContainerCreating', 'PodInitializing'].includes(state.waiting?.reason ?? ''),
  );
}

function newestOf(events: readonly Event[], reasons: readonly string[]): Event | undefined {
  // Of the same second, what went on counts.
  const rank = (event: Event) => (WENT_ON.includes(event.reason ?? '') ? 1 : 0);
  return events.filter(({ reason }) => reasons.includes(reason ?? '')).sort((a, b) => timeOf(b) - timeOf(a) || rank(b) - rank(a))[0];
}
