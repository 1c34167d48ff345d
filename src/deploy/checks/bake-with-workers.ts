import type { SplitResult } from '../../split/model.ts';
import { type StartedWorker, workersReady } from '../color/workers.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import type { Plan, Run, StepRecord } from '../run/run.ts';
import type { FrontDoor } from '../traffic/front-door.ts';
import { bake } from './bake.ts';

/** How long a bake goes on at a time, where workers are not ready at its end. */
const LONGER_MS = 2_000;

/**
 * The bake, and beside it the start of the version's workers: users have the new version already, so that it is watched meanwhile. The
 * first that fails decides.
 */
export async function bakeWithWorkers(
  run: Run,
  plan: Plan,
  split: SplitResult,
  { door, workers, record }: { door: FrontDoor | undefined; workers: readonly StartedWorker[]; record: StepRecord },
): Promise<void> {
  if (workers.length === 0) return bake(run, plan, split, door, record);
  const stop = new AbortController();
  const watched: Run = { ...run, signal: AbortSignal.any([run.signal, stop.signal]) };
  let ready = false;
  const starting = workersReady(watched, workers, watched.signal).then(() => {
    ready = true;
  });
  const baking = async (): Promise<void> => {
    for (let bakeMs = run.options.bakeMs; ; bakeMs = LONGER_MS) {
      await bake({ ...watched, options: { ...run.options, bakeMs } }, plan, split, door, record);
      if (ready) return;
    }
  };
  const both = [starting, baking()];
  try {
    await Promise.all(both);
  } finally {
    stop.abort(new StepFailure('bake-failed', 'The bake is over'));
    await Promise.allSettled(both);
  }
}
