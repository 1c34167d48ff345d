import { SCHEDULED } from '../../split/kinds/rows.ts';
import type { Color } from '../../split/model.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { colorObjects, refOf } from '../kube/kinds.ts';
import { colorWorkloads, servicesOn } from '../kube/live.ts';
import { colorRelease, describe } from '../kube/names.ts';
import { scale } from '../kube/scale.ts';
import type { AppContext } from '../run/run.ts';
import { releaseAutoscalers } from './autoscalers.ts';
import { removeForgotten } from './forgotten.ts';
import { jobsEnded } from './jobs.ts';
import { stopScaled } from './keda.ts';
import { suspend } from './suspend.ts';

/** Checks again, right before a destructive call, that this color serves nobody. Errors: `StepFailure` (state-unclear). */
async function requireUnused({ kubernetes, options, journal }: AppContext, color: Color): Promise<void> {
  const services = await servicesOn(kubernetes, options.release, color);
  if (services.length > 0) {
    throw new StepFailure(
      'state-unclear',
      `The color ${color} is not touched: ${services.map((name) => `Service ${name}`).join(', ')} selects it`,
      {
        hint: 'Someone changed a selector meanwhile. Check which color serves: kubectl get services -o wide',
      },
    );
  }
  if (services.length === 0 && journal.journal.active === color && journal.journal.inFlight?.color !== color) {
    throw new StepFailure('state-unclear', `The color ${color} is not touched: the journal says that it serves`);
  }
}

/** Zero replicas, nothing scheduled; the objects stay for inspection and for a restart. */
export async function stopColor(run: AppContext, color: Color): Promise<void> {
  const { kubernetes, options, log } = run;
  await stopScaled(run, color);
  for (const workload of (await colorWorkloads(kubernetes, options.release, color)).values()) {
    if (workload.spec?.replicas === 0) continue;
    await requireUnused(run, color);
    await scale(kubernetes, refOf(workload), 0);
    log.info(`${describe(workload)} is scaled to zero`);
  }
  const scheduled = await Promise.all(SCHEDULED.map((kind) => colorObjects(kubernetes, options.release, color, kind)));
  for (const workload of scheduled.flat()) {
    if (workload.spec?.suspend !== true) await suspend(kubernetes, workload, true);
  }
  // Nothing is scaled from zero any more: their minimum need not be held.
  await releaseAutoscalers(run, color);
}

/** Does what the user wants with a color that no longer serves anybody: once its running Jobs have ended, within the run's limit. */
export async function retireColor(
  run: AppContext & { readonly signal?: AbortSignal },
  color: Color,
  keep: 'zero' | 'warm' | 'remove',
): Promise<void> {
  if (keep === 'warm') return;
  await requireUnused(run, color);
  const fate = keep === 'remove' ? 'removed with its color' : 'left alone, its color is stopped';
  await jobsEnded(run, color, { limitMs: run.options.timeoutMs, signal: run.signal, fate });
  await requireUnused(run, color);
  if (keep === 'zero') return stopColor(run, color);
  // Its records stay: they are what a rollback brings back.
  await run.helm.uninstall({
    release: colorRelease(run.options.release, color),
    noHooks: true,
    timeoutMs: run.options.timeoutMs,
    keepHistory: true,
  });
  await removeForgotten(run, color, []);
  run.log.info(`The color ${color} is removed`);
}
