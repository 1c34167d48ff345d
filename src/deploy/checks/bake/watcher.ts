import type { KindRef, ListOptions } from '../../../interfaces/kubernetes.ts';
import type { Pod } from '../../../interfaces/objects.ts';
import { APP_LABEL, COLOR_LABEL, type SharedWorkload, type SplitResult } from '../../../split/model.ts';
import type { StartedWorker } from '../../color/workers.ts';
import { collectEvidence } from '../../diagnosis/evidence.ts';
import { StepFailure } from '../../diagnosis/failure.ts';
import type { Failing } from '../../diagnosis/model.ts';
import { podsInPlace, routesInPlace } from '../../kube/in-place.ts';
import { colorSelector, POD } from '../../kube/names.ts';
import { type View, watchUntil } from '../../kube/watch.ts';
import type { Plan, Run } from '../../run/run.ts';
import type { FrontDoor } from '../../traffic/front-door.ts';
import type { Route } from '../../traffic/routes.ts';

/** A bake as its watchers see it. */
export interface Baking {
  run: Run;
  plan: Plan;
  split: SplitResult;
  door: FrontDoor | undefined;
  workers: readonly StartedWorker[];
  /** Workloads of the base that this run has changed: they bake with the color. */
  inPlace: readonly SharedWorkload[];
  startedAt: number;
  endsAt: number;
  /** Workers are not ready yet: the bake goes on beyond its end. */
  awaitsWorkers: boolean;
  /** Aborted when the bake is over, whoever decided that. */
  signal: AbortSignal;
}

/** Looks at one thing until the bake's end. Returns what it saw, as text. Errors: `StepFailure` with what went wrong. */
export type Watcher = (baking: Baking) => Promise<string>;

/** Watchers may want to see a thing through, beyond the end. */
const LATEST_MS = 60_000;

interface Watched {
  watch: readonly { kind: KindRef; options?: ListOptions }[];
  /** undefined: nothing wrong so far. */
  judge(view: View, now: number): Failing | StepFailure | undefined;
  /** Whether it has seen enough to let the bake end; asked from its end on. */
  mayEnd(view: View, now: number): boolean;
}

/** Watches objects until the bake's end. Errors: the first failure, with its evidence. */
export async function watchInBake(baking: Baking, watched: Watched): Promise<void> {
  const { run, startedAt, endsAt, signal } = baking;
  const found = await watchUntil<'over' | { failure: StepFailure }>({
    kubernetes: run.kubernetes,
    clock: run.clock,
    signal,
    watch: watched.watch,
    limitMs: endsAt - startedAt + run.options.timeoutMs + LATEST_MS,
    waitingFor: 'the end of the bake',
    judge(view, now) {
      const failure = watched.judge(view, now);
      if (failure) return { failure: failure instanceof StepFailure ? failure : failureOf(run, failure, view) };
      return isOver(baking, now) && watched.mayEnd(view, now) ? 'over' : undefined;
    },
  });
  if (found !== 'over') throw found.failure;
}

export const isOver = ({ endsAt, awaitsWorkers }: Baking, now: number): boolean => now >= endsAt && !awaitsWorkers;

const failureOf = (run: Run, failing: Failing, view: View): StepFailure =>
  new StepFailure(failing.cause.reason, failing.cause.message, {
    hint: failing.cause.hint,
    collect: () => collectEvidence(run.kubernetes, view, failing),
  });

/** Where there is nothing to see, that is known once a list must have come. */
const LIST_MS = 1_000;
export const hasLooked = ({ startedAt }: Baking, view: View, kind: KindRef, now: number): boolean =>
  view.all(kind).length > 0 || now - startedAt >= LIST_MS;

/** The pods behind each Service that was switched, or that leads to what was changed in place. */
export const routesOf = ({ split, plan, inPlace }: Baking): Route[] => [
  ...split.services.map(({ name, selector }) => ({ service: name, selector: { ...selector, [COLOR_LABEL]: plan.color } })),
  ...routesInPlace(split.baseObjects, inPlace),
];

/** What shows the pods of this version: the color's alone, where nothing was changed in place. */
export const podsToWatch = ({ run, plan, inPlace }: Baking): { kind: KindRef; options?: ListOptions } =>
  inPlace.length > 0 ? { kind: POD } : { kind: POD, options: { labelSelector: colorSelector(run.options.release, plan.color) } };

/** Pure: those of the pods that are this version's. */
export function ownPods({ run, plan, split, inPlace }: Baking): (view: Pick<View, 'all'>) => Pod[] {
  const isInPlace = podsInPlace(split.baseObjects, inPlace);
  const isColors = ({ metadata: { labels = {} } }: Pod): boolean =>
    labels[APP_LABEL] === run.options.release && labels[COLOR_LABEL] === plan.color;
  // In place, those that go are the version's before.
  return (view) => view.all(POD).filter((pod) => isColors(pod) || (isInPlace(pod) && !pod.metadata.deletionTimestamp));
}

/** What users have the version since, as the end of a sentence. */
export const sinceText = (split: Pick<SplitResult, 'colorless'>): string =>
  split.colorless ? 'after the update in place' : 'after the switch';
