import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Pod } from '../../interfaces/objects.ts';
import { mentions } from '../../split/kinds/mentions.ts';
import { isReady } from '../kube/pods.ts';
import type { View } from '../kube/watch.ts';
import { podsOf, readyBy } from './controller-failures.ts';
import type { Failing, WorkloadState } from './model.ts';
import { workloadNamed } from './unready.ts';
import { CRASHES } from './workload-state.ts';

/** Post hooks that have not run yet. */
export interface Outstanding {
  hooks: readonly KubernetesObject[];
  /** Nobody is served yet: as Helm, which does not wait for pods, rather a hook too early than a deploy that cannot end. */
  first: boolean;
}

/** A pod that waits for the hooks. */
interface Waits {
  what: string;
  /** How long it must have waited: until then it may only be starting. */
  patienceMs: number;
}

/** A container that works, and one that waits, look the same from outside. */
const INIT_MS = { first: 2_000, later: 10_000 };
const UNREADY_MS = 10_000;

/**
 * Pure: what waits for the hooks, in one line; undefined where anything else is still under way, or has failed. `since` remembers when each
 * was first seen.
 */
export function waitsForHooks(
  view: View,
  states: readonly WorkloadState[],
  outstanding: Outstanding,
  since: Map<string, number>,
  now: number,
): string | undefined {
  if (outstanding.hooks.length === 0) return undefined;
  const waiting = states.filter(({ ready }) => !ready).map((state) => waitsOf(view, state, outstanding));
  const found = waiting.every((one) => one !== undefined) ? waiting.flat() : [];
  const lasted = (one: Waits): boolean => {
    if (!since.has(one.what)) since.set(one.what, now);
    return now - (since.get(one.what) ?? now) >= one.patienceMs;
  };
  // Each is remembered, whatever the others.
  const all = found.map(lasted);
  for (const what of since.keys()) if (!found.some((one) => one.what === what)) since.delete(what);
  return found.length > 0 && all.every(Boolean) ? found[0]?.what : undefined;
}

/** What of a workload waits; undefined where it is under way or fails. A Job that runs may wait for the color, and says nothing. */
function waitsOf(view: View, { workload, failing }: WorkloadState, outstanding: Outstanding): Waits[] | undefined {
  const object = workloadNamed(view, workload);
  if (!object || failing.some(({ pod }) => pod === undefined)) return undefined;
  if (readyBy(object) === 'completion') return failing.length > 0 ? undefined : [];
  const pods = podsOf(view, object).filter((pod) => !isReady(pod));
  const waits = pods.map((pod) =>
    waitOf(
      pod,
      workload,
      failing.filter((one) => one.pod === pod.metadata.name),
      outstanding,
    ),
  );
  return waits.length > 0 && waits.every((one) => one !== undefined) ? waits : undefined;
}

function waitOf(pod: Pod, workload: string, failing: readonly Failing[], { hooks, first }: Outstanding): Waits | undefined {
  const made = new Set(hooks.filter(({ kind }) => kind === 'ConfigMap' || kind === 'Secret').map(({ metadata }) => metadata.name));
  const excused = ({ cause }: Failing) =>
    (cause.missing !== undefined && made.has(cause.missing)) || (first && CRASHES.includes(cause.reason));
  if (!failing.every(excused)) return undefined;
  const [fails] = failing;
  if (fails) return { what: fails.cause.message, patienceMs: 0 };
  const named = hooks.some(({ metadata }) => mentions(pod.spec, metadata.name));
  const init = runningInit(pod);
  if (init) {
    const what = `init container "${init}" of ${workload} runs on`;
    return { what, patienceMs: named ? 0 : first ? INIT_MS.first : INIT_MS.later };
  }
  const runs = pod.status?.containerStatuses?.some(({ state, ready }) => state?.running !== undefined && !ready);
  if (!runs || !(named || first)) return undefined;
  return { what: `${workload} runs and is not ready`, patienceMs: named ? 0 : UNREADY_MS };
}

/** The init container that a pod is at, while it runs: not a sidecar, which stays. */
function runningInit({ spec, status }: Pod): string | undefined {
  const ends = (name: string) => spec?.initContainers?.find((one) => one.name === name)?.restartPolicy !== 'Always';
  return status?.initContainerStatuses?.find(({ name, state }) => state?.running !== undefined && ends(name))?.name;
}
