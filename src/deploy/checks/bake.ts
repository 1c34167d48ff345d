import type { SharedWorkload, SplitResult } from '../../split/model.ts';
import type { StartedWorker } from '../color/workers.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import type { Plan, Run, StepRecord } from '../run/run.ts';
import type { FrontDoor } from '../traffic/front-door.ts';
import { answers } from './bake/answers.ts';
import { ends } from './bake/ends.ts';
import { selectors } from './bake/selectors.ts';
import { share } from './bake/share.ts';
import type { Baking, Watcher } from './bake/watcher.ts';
import { workers } from './bake/workers.ts';

/** What is watched in a bake: each by itself, all side by side. */
const WATCHERS: readonly Watcher[] = [answers, ends, share, selectors, workers];

interface Switched {
  door: FrontDoor | undefined;
  /** What was started with the switch: users have the new version already, so that it is watched meanwhile. */
  workers: readonly StartedWorker[];
  /** Workloads of the base that this run has changed. */
  inPlace: readonly SharedWorkload[];
  record: StepRecord;
}

/** Watches the new version under real traffic for the bake window. The first watcher that fails decides; else each says what it saw. */
export async function bake(run: Run, plan: Plan, split: SplitResult, { door, workers, inPlace, record }: Switched): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const startedAt = run.clock.now();
  const endsAt = startedAt + run.options.bakeMs;
  const awaitsWorkers = workers.length > 0;
  const baking: Baking = { run, plan, split, door, workers, inPlace, startedAt, endsAt, signal, awaitsWorkers };
  const watching = WATCHERS.map((watch) => watch(baking));
  try {
    record.note = (await Promise.all(watching)).filter(Boolean).join('; ');
  } finally {
    stop.abort(new StepFailure('bake-failed', 'The bake is over'));
    await Promise.allSettled(watching);
  }
}
