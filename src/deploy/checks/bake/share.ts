import type { Pod } from '../../../interfaces/objects.ts';
import type { Failing } from '../../diagnosis/model.ts';
import { EVENT, POD, selects } from '../../kube/names.ts';
import { isLongRunning, isReady, takenAway } from '../../kube/pods.ts';
import type { Route } from '../../traffic/routes.ts';
import { hasLooked, ownPods, podsToWatch, routesOf, sinceText, type Watcher, watchInBake } from './watcher.ts';

/** Of the pods behind a Service that have been ready, so many must be. */
const SHARE = 0.75;
/** Fewer are put up with for so long. */
const GRACE_MS = 10_000;
/** None at all, where the cluster took them away: another one may be there in a moment. Where they fell by themselves, not at all. */
const NONE_GRACE_MS = 5_000;

/** Enough pods behind each Service stay ready. */
export const share: Watcher = async (baking) => {
  const ready = new ReadyShare(routesOf(baking), sinceText(baking.split));
  const own = ownPods(baking);
  await watchInBake(baking, {
    watch: [podsToWatch(baking), { kind: EVENT }],
    judge: (view, now) => ready.judge(own(view), now),
    mayEnd: (view, now) => hasLooked(baking, view, POD, now) && !ready.short,
  });
  return ready.lowest < 1 ? `at worst ${Math.round(ready.lowest * 100)} % of its pods were ready` : 'all pods stayed ready';
};

/** What it remembers of a bake: who has been ready, and since when there are too few. */
export class ReadyShare {
  readonly #routes: readonly Route[];
  readonly #sinceText: string;
  readonly #been = new Set<string>();
  readonly #begun = new Set<string>();
  readonly #since = new Map<string, number>();
  /** The least share seen. */
  lowest = 1;

  constructor(routes: readonly Route[], since = 'after the switch') {
    this.#routes = routes;
    this.#sinceText = since;
  }

  /** Whether there are too few now. */
  get short(): boolean {
    return this.#since.size > 0;
  }

  /** Returns the Service behind which there have been too few ready pods for too long. */
  judge(own: readonly Pod[], now: number): Failing | undefined {
    const pods = own.filter((pod) => isLongRunning(pod) && takenAway(pod) === undefined);
    for (const pod of pods.filter(isReady)) this.#been.add(idOf(pod));
    const found = this.#routes.map((route) => this.#judge(route, pods, now));
    return found.find((failing) => failing !== undefined);
  }

  #judge({ service, selector }: Route, pods: readonly Pod[], now: number): Failing | undefined {
    // A pod that comes up in place of another, or in addition, is no less than there was.
    const due = pods.filter((pod) => selects(selector, pod.metadata.labels) && this.#been.has(idOf(pod)));
    const ready = due.filter(isReady);
    if (ready.length > 0) this.#begun.add(service);
    // A Service whose pods were never ready here (no replicas are wanted) loses none.
    if (!this.#begun.has(service)) return undefined;
    const part = due.length > 0 ? ready.length / due.length : 0;
    this.lowest = Math.min(this.lowest, part);
    if (part >= SHARE) {
      this.#since.delete(service);
      return undefined;
    }
    const since = this.#since.get(service) ?? now;
    this.#since.set(service, since);
    const grace = ready.length > 0 ? GRACE_MS : due.length > 0 ? 0 : NONE_GRACE_MS;
    return now - since >= grace ? tooFew(service, due, ready, this.#sinceText) : undefined;
  }
}

const idOf = ({ metadata }: Pod): string => metadata.uid ?? metadata.name;

function tooFew(service: string, due: readonly Pod[], ready: readonly Pod[], since: string): Failing {
  const pod = due.find((one) => !isReady(one));
  const message =
    ready.length === 0
      ? `No pod behind Service ${service} is ready any more`
      : `${ready.length} of ${due.length} pods behind Service ${service} are ready, for ${GRACE_MS / 1_000} s ${since}: ${SHARE * 100} % must be`;
  return {
    workload: `Service/${service}`,
    pod: pod?.metadata.name,
    container: (pod?.status?.containerStatuses?.find((status) => !status.ready) ?? pod?.spec?.containers[0])?.name,
    cause: { reason: 'bake-failed', message, graceMs: 0 },
  };
}
