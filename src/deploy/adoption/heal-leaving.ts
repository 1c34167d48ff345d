import { takeBaseBack } from '../base/take-back.ts';
import { setPlainWorkers } from '../color/plain-workers.ts';
import { setWorkers } from '../color/workers.ts';
import { phase } from '../run/phase.ts';
import type { AppContext } from '../run/run.ts';
import { end } from '../state/journal.ts';
import { gone } from '../state/leaving.ts';
import type { InFlight, Journal } from '../state/model.ts';
import type { PlainApp } from '../state/plain.ts';
import { touchesTraffic } from '../state/timeline.ts';
import { proveRoutes } from '../traffic/routes.ts';
import { restoreServices } from '../traffic/selectors.ts';
import { leaveForGood } from './leave.ts';

const FOLLOW_LIMIT_MS = 30_000;
/** kube-proxy follows, and connections to the plain pods end. */
const DRAIN_MS = 5_000;

type Left = InFlight & { toPlain: PlainApp };
export const leavesToPlain = (inFlight: InFlight): inFlight is Left => inFlight.toPlain !== undefined;

/**
 * A way back to plain Helm that did not end, by the run itself or by another: before its finish the color serves again, in its finish it is
 * completed. Returns what was done, as text.
 */
export async function healLeaving(run: AppContext, inFlight: Left, failure: Journal['lastFailure']): Promise<string> {
  const { toPlain, previousColor, services } = inFlight;
  if (inFlight.phase === 'finish') {
    await leaveForGood(run, toPlain);
    await run.journal.update(gone);
    return `Finished the way back to ${toPlain.version}`;
  }
  if (touchesTraffic(inFlight.phase) && previousColor) {
    await phase(
      run,
      'switch-back',
      `Switch users back to ${previousColor}`,
      async () => {
        await restoreServices(services, run);
        await setPlainWorkers(run, toPlain, false);
        await setWorkers(run, previousColor, true);
        const routes = services.flatMap(({ name, from }) => (from ? [{ service: name, selector: from }] : []));
        await proveRoutes(routes, run, { signal: AbortSignal.timeout(2 * FOLLOW_LIMIT_MS), limitMs: FOLLOW_LIMIT_MS });
        await run.clock.sleep(DRAIN_MS);
      },
      { evenUnrecorded: true },
    );
  }
  await phase(run, 'take-back', 'Remove the plain workloads again', async () => {
    await takeBaseBack(run, inFlight);
    await run.journal.update((journal) => end(journal, failure));
  });
  return `Switched back to ${previousColor}: the way back to ${toPlain.version} ended in "${inFlight.phase}"`;
}
