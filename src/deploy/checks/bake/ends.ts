import type { Pod } from '../../../interfaces/objects.ts';
import type { ContainerStatus } from '../../diagnosis/causes/container.ts';
import { exceededOwnLimit } from '../../diagnosis/disruption.ts';
import type { Failing } from '../../diagnosis/model.ts';
import { EVENT, POD, selects } from '../../kube/names.ts';
import { isLongRunning, isReady, takenAway } from '../../kube/pods.ts';
import { hasLooked, ownPods, podsToWatch, routesOf, sinceText, type Watcher, watchInBake } from './watcher.ts';

/** No container of the color ends by itself. */
export const ends: Watcher = async (baking) => {
  const own = ownPods(baking);
  const since = sinceText(baking.split);
  const first = new Map<string, number>();
  const gone = new Map<string, string>();
  const been = new Set<string>();
  const routes = routesOf(baking);
  // A worker that starts with the switch may try again: its readiness is watched by itself.
  const isStarting = ({ metadata }: Pod) =>
    !been.has(metadata.uid ?? metadata.name) && !routes.some(({ selector }) => selects(selector, metadata.labels));
  await watchInBake(baking, {
    watch: [podsToWatch(baking), { kind: EVENT }],
    judge(view) {
      const pods = own(view);
      for (const pod of pods) {
        const why = takenAway(pod);
        if (why !== undefined) gone.set(pod.metadata.uid ?? pod.metadata.name, `${pod.metadata.name} (${why})`);
      }
      for (const { metadata } of pods.filter(isReady)) been.add(metadata.uid ?? metadata.name);
      return overItsLimit(pods, since) ?? endedContainer(pods, first, { isStarting, since });
    },
    mayEnd: (view, now) => hasLooked(baking, view, POD, now),
  });
  if (gone.size === 0) return 'no container ended';
  return `no container ended by itself; the cluster took away ${[...gone.values()].join(', ')}`;
};

const SWITCH = 'after the switch';

/** Pure: a pod that was evicted because it used more than its own limit. */
export function overItsLimit(pods: readonly Pod[], since = SWITCH): Failing | undefined {
  const pod = pods.find(exceededOwnLimit);
  if (!pod) return undefined;
  const { name } = pod.metadata;
  const message = `Pod ${name} was evicted ${since}: ${pod.status?.message?.trim()}`;
  return {
    workload: `Pod/${name}`,
    pod: name,
    cause: { reason: 'bake-failed', message, hint: 'Raise the limit, or find what uses it.', graceMs: 0 },
  };
}

/** Pure: a container of the color that ended since the bake began; `first` remembers each one's restarts when it was first seen. */
export function endedContainer(
  pods: readonly Pod[],
  first: Map<string, number>,
  { isStarting = () => false, since = SWITCH }: { isStarting?: (pod: Pod) => boolean; since?: string } = {},
): Failing | undefined {
  for (const pod of pods.filter((one) => isOfInterest(one) && !isStarting(one))) {
    for (const status of pod.status?.containerStatuses ?? []) {
      const key = `${pod.metadata.uid} ${status.name}`;
      if (!first.has(key)) first.set(key, status.restartCount);
      const again = status.restartCount > (first.get(key) ?? 0);
      // Ended and not started again yet: no need to wait for the restart.
      const ended = status.state?.terminated ?? (again ? status.lastState?.terminated : undefined);
      if (ended && !diedWithNode(ended)) return containerEnded(pod.metadata.name, status.name, ended, since);
    }
  }
  return undefined;
}

const isOfInterest = (pod: Pod): boolean => isLongRunning(pod) && takenAway(pod) === undefined;

type Terminated = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>;

/** A kubelet or a runtime that comes up again does not know how its containers ended. */
const diedWithNode = ({ reason, exitCode }: Terminated): boolean =>
  reason === 'ContainerStatusUnknown' || (reason === 'Unknown' && exitCode === 255);

function containerEnded(pod: string, container: string, ended: Terminated, since: string): Failing {
  const oom = ended.reason === 'OOMKilled';
  const how = oom ? 'ran out of memory' : `ended (exit code ${ended.exitCode})`;
  return {
    workload: `Pod/${pod}`,
    pod,
    container,
    cause: {
      reason: oom ? 'out-of-memory' : 'bake-failed',
      message: `Container "${container}" of pod ${pod} ${how} ${since}`,
      hint: 'The last lines of its log say why.',
      graceMs: 0,
    },
  };
}
