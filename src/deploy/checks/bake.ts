import type { SplitResult } from '../../split/model.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import type { Plan, Run, StepRecord } from '../run/run.ts';
import type { FrontDoor } from '../traffic/front-door.ts';
import { answers } from './bake/answers.ts';
import { ends } from './bake/ends.ts';
import { selectors } from './bake/selectors.ts';
import { share } from './bake/share.ts';
import type { Watcher } from './bake/watcher.ts';

/** What is watched in a bake: each by itself, all side by side. */
const WATCHERS: readonly Watcher[] = [answers, ends, share, selectors];

/** Watches the new version under real traffic for the bake window. The first watcher that fails decides; else each says what it saw. */
export async function bake(run: Run, plan: Plan, split: SplitResult, door: FrontDoor | undefined, record: StepRecord): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const startedAt = run.clock.now();
  const baking = { run, plan, split, door, startedAt, endsAt: startedAt + run.options.bakeMs, signal };
  const watching = WATCHERS.map((watch) => watch(baking));
  try {
    record.note = (await Promise.all(watching)).filter(Boolean).join('; ');
  } finally {
    stop.abort(new StepFailure('bake-failed', 'The bake is over'));
    await Promise.allSettled(watching);
  }
}
