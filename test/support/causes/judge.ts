import type { StepFailure } from '../../../src/deploy/diagnosis/failure.ts';
import { waitReady } from '../../../src/deploy/diagnosis/ready.ts';
import { whileHooksRun } from '../../../src/deploy/diagnosis/running-hooks.ts';
import type { Clock } from '../../../src/interfaces/clock.ts';
import type { Kubernetes } from '../../../src/interfaces/kubernetes.ts';
import type { Log } from '../../../src/interfaces/log.ts';
import { QUIET } from '../log.ts';
import type { Recording } from './recording.ts';

const silent = QUIET;

type Judged = Pick<Recording, 'expected' | 'hook' | 'limitMs'>;

/** What the product says of workloads, or of a hook that Helm waits for; `begin` makes them. */
export async function judge(
  { expected, hook, limitMs }: Judged,
  { kubernetes, clock, log = silent }: { kubernetes: Kubernetes; clock: Clock; log?: Log },
  begin: () => Promise<void> = async () => undefined,
): Promise<'ready' | StepFailure> {
  const { signal } = new AbortController();
  if (!hook) await begin();
  const judging = hook
    ? whileHooksRun([{ part: 'base', event: 'pre-install', object: hook }], { kubernetes, clock, signal }, limitMs, async (stopped) => {
        await begin();
        await clock.sleep(limitMs, stopped);
      })
    : waitReady(expected, { kubernetes, clock, log }, { limitMs, signal });
  return judging.then(
    () => 'ready' as const,
    (error: StepFailure) => error,
  );
}
