import { RollbackFailedError } from '../../interfaces/errors.ts';
import { takeBaseBack } from '../base/apply.ts';
import { freeAutoscalers } from '../color/autoscalers.ts';
import { stopColor } from '../color/retire.ts';
import { moveWorkers, setWorkers } from '../color/workers.ts';
import type { AppContext } from '../run/run.ts';
import { end, enter, type InFlight, type Journal } from '../state/journal.ts';
import { proveRoutes } from '../traffic/routes.ts';
import { sendBack } from '../traffic/selectors.ts';

/** Going back must end even where its run was cancelled, but not after the lease was lost. */
const BACK_LIMIT_MS = 120_000;
const FOLLOW_LIMIT_MS = 30_000;

/** First of all users: every Service back to what it selected, then the workers, then the proof. Answers how long it took in ms. */
export async function switchBack(run: AppContext, left: InFlight): Promise<number> {
  const started = run.clock.now();
  try {
    await sendBack(left.services, run);
  } catch (error) {
    const names = left.services.map((service) => service.name).join(', ');
    throw new RollbackFailedError(
      `Services ${names} could not be put back to ${left.previousColor}: ${error instanceof Error ? error.message : error}`,
      {
        cause: error,
        hint: left.services.map((service) => kubectlHint(service.name, service.from)).join('\n'),
      },
    );
  }
  await run.journal.update((journal) => enter(journal, 'switch-back'));
  if (left.previousColor) await moveWorkers(run, left.color, left.previousColor);
  else await setWorkers(run, left.color, false);
  const routes = left.services.flatMap(({ name, from }) => (from ? [{ service: name, selector: from }] : []));
  await proveRoutes(routes, run, { signal: AbortSignal.timeout(BACK_LIMIT_MS), limitMs: FOLLOW_LIMIT_MS });
  return run.clock.now() - started;
}

const kubectlHint = (service: string, selector: Record<string, string> | null): string =>
  `kubectl patch service ${service} --type=merge -p '${JSON.stringify({ spec: { selector } })}'`;

/**
 * Users are on the color that served before: the new one is stopped, the base goes back. On a first deploy everything stays as evidence.
 */
export async function takeBack(run: AppContext, left: InFlight, failure: Journal['lastFailure']): Promise<void> {
  await run.journal.update((journal) => enter(journal, 'take-back'));
  if (left.previousColor !== undefined) {
    // A color that ran before this run began is left as it was found.
    if (!left.warm) await stopColor(run, left.color);
    await freeAutoscalers(run, left.previousColor);
    await takeBaseBack(run, left.baseBefore);
  }
  await run.journal.update((journal) => end(journal, failure));
}
