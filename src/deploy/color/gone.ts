import type { Color } from '../../split/model.ts';
import { colorSelector, POD } from '../kube/names.ts';
import type { AppContext, Run } from '../run/run.ts';

const LIMIT_MS = 60_000;
const PAUSE_MS = 1_000;

/** The pods of a color that was stopped have ended; those that take longer are not waited for. */
export async function waitUntilGone(
  { kubernetes, clock, signal, options, log }: AppContext & Pick<Run, 'signal'>,
  color: Color,
): Promise<void> {
  // Pods of its Jobs that have ended stay as long as their Jobs.
  const fieldSelector = 'status.phase!=Succeeded,status.phase!=Failed';
  const list = { labelSelector: colorSelector(options.release, color), fieldSelector, metadataOnly: true };
  const deadline = clock.now() + LIMIT_MS;
  while ((await kubernetes.list(POD, list)).items.length > 0) {
    if (clock.now() > deadline) {
      log.warning(`Pods of ${color} still run after ${LIMIT_MS / 1000} s: they are not waited for`);
      return;
    }
    await clock.sleep(PAUSE_MS, signal);
  }
}
