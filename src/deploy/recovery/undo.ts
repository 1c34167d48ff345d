import { RollbackFailedError } from '../../interfaces/errors.ts';
import { backToPlain } from '../adoption/back.ts';
import { returnBase } from '../base/return.ts';
import { takeBaseBack } from '../base/take-back.ts';
import { releaseAutoscalers } from '../color/autoscalers.ts';
import { jobsEnded } from '../color/jobs.ts';
import { setPlainWorkers } from '../color/plain-workers.ts';
import { stopColor } from '../color/retire.ts';
import { moveWorkers, setWorkers } from '../color/workers.ts';
import { phase } from '../run/phase.ts';
import type { AppContext, StepRecord } from '../run/run.ts';
import { end, type InFlight, type Journal } from '../state/journal.ts';
import { proveRoutes } from '../traffic/routes.ts';
import { restoreServices } from '../traffic/selectors.ts';

/** A switch back must end even where its run was cancelled, but not after the lease was lost. */
const SWITCH_BACK_LIMIT_MS = 120_000;
const FOLLOW_LIMIT_MS = 30_000;
/** What a failed version's schedule has started may end, but the failure is to be told. */
const JOBS_LIMIT_MS = 60_000;

/**
 * First of all users: every Service back to what it selected, then the workers, then the proof. The same for a run that failed and for one
 * that was killed. `afterwards` checks the version that serves again and returns a note. Returns how long users waited, ms.
 * Errors: `RollbackFailedError` with the commands that restore the Services by hand, `StepFailure` (switch-failed).
 */
export async function switchBack(run: AppContext, inFlight: InFlight, afterwards = async (): Promise<string> => ''): Promise<number> {
  const { services, color, previousColor, plain } = inFlight;
  const title = `Switch users back to ${previousColor ?? (plain ? 'the plain workloads' : 'nothing: this was the first deploy')}`;
  const body = async (record: StepRecord): Promise<number> => {
    const started = run.clock.now();
    await restoreServices(services, run).catch((error: unknown) => {
      throw servicesNotRestored(inFlight, error);
    });
    if (previousColor) await moveWorkers(run, color, previousColor);
    else await setWorkers(run, color, false);
    if (plain) await setPlainWorkers(run, plain, true);
    // Where nobody was served, or the version has switched it off, there is nothing behind what they selected.
    const served = previousColor || plain ? services.filter(({ asleep }) => !asleep?.from) : [];
    const routes = served.flatMap(({ name, from }) => (from ? [{ service: name, selector: from }] : []));
    const follow = { signal: AbortSignal.timeout(SWITCH_BACK_LIMIT_MS), limitMs: FOLLOW_LIMIT_MS };
    await Promise.all([returnBase(run, inFlight), proveRoutes(routes, run, follow)]);
    const took = run.clock.now() - started;
    record.note = [`${services.length} Services in ${took} ms`, await afterwards()].filter(Boolean).join('; ');
    return took;
  };
  // A later run reverts a switch and a bake in the same way, so users need not wait for the record.
  return phase(run, 'switch-back', title, body, { evenUnrecorded: true });
}

function servicesNotRestored({ services, previousColor }: InFlight, cause: unknown): RollbackFailedError {
  const names = services.map((service) => service.name).join(', ');
  const why = cause instanceof Error ? cause.message : cause;
  return new RollbackFailedError(`Services ${names} could not be switched back to ${previousColor ?? 'nothing'}: ${why}`, {
    cause,
    hint: services.map((service) => kubectlHint(service.name, service.from)).join('\n'),
  });
}

const kubectlHint = (service: string, selector: Record<string, string> | null): string =>
  `kubectl patch service ${service} --type=merge -p '${JSON.stringify({ spec: { selector } })}'`;

/**
 * Users are on the color that served before: the new one is stopped, the base goes back. On a first deploy everything stays as evidence.
 * Nothing is in flight afterwards.
 */
export async function takeBack(run: AppContext, inFlight: InFlight, failure: Journal['lastFailure']): Promise<void> {
  const { color, previousColor, warm, plain } = inFlight;
  const first = previousColor === undefined && run.journal.journal.history.length === 0;
  const title = plain ? 'Give the app back to plain Helm' : first ? 'Keep everything for inspection' : `Stop ${color}`;
  await phase(run, 'take-back', title, async (record) => {
    if (plain) {
      await setPlainWorkers(run, plain, true);
      const left = await backToPlain(run, plain, color);
      if (left.length > 0) record.note = `not given back as it was: ${left.join('; ')}`;
    } else if (!first) {
      // A color that ran before this run began is left as it was found.
      if (!warm) {
        await jobsEnded(run, color, { limitMs: Math.min(run.options.timeoutMs, JOBS_LIMIT_MS) });
        await stopColor(run, color);
      }
      if (previousColor) await releaseAutoscalers(run, previousColor);
      await takeBaseBack(run, inFlight);
    } else record.note = 'a first deploy is never removed';
    await run.journal.update((journal) => end(journal, failure));
  });
}
