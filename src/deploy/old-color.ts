import type { KubernetesObject } from '../interfaces/kubernetes.ts';
import type { Undo } from './back.ts';
import { StepFailure } from './failure.ts';
import { stopScaled } from './keda.ts';
import { colorDeployments, servicesOn } from './live.ts';
import { type Color, FIELD_MANAGER } from './model.ts';
import { CRON_JOB, colorRelease, colorSelector, DEPLOYMENT } from './names.ts';
import { scale } from './scale.ts';
import { watchUntil } from './watch.ts';

/** How long the controllers get to begin. */
const ENDING_LIMIT_MS = 10_000;

/** Reads again, right before a destructive call, that nobody is served by this color. Errors: `StepFailure` (internal). */
export async function requireUnused({ kubernetes, options, journal }: Undo, color: Color): Promise<void> {
  const services = await servicesOn(kubernetes, options.release, color);
  if (services.length > 0) {
    throw new StepFailure(
      'internal',
      `The color ${color} is not touched: ${services.map((name) => `Service ${name}`).join(', ')} selects it`,
      {
        hint: 'Someone changed a selector meanwhile. Check which color serves: kubectl get services -o wide',
      },
    );
  }
  if (services.length === 0 && journal.journal.active === color && journal.journal.inFlight?.color !== color) {
    throw new StepFailure('internal', `The color ${color} is not touched: the journal says that it serves`);
  }
}

/** Zero replicas, nothing scheduled; the objects stay, to look at and to start again. */
export async function stopColor(run: Undo, color: Color): Promise<void> {
  const { kubernetes, options, log } = run;
  await stopScaled(run, color);
  const stopped: string[] = [];
  for (const deployment of (await colorDeployments(kubernetes, options.release, color)).values()) {
    if (deployment.spec?.replicas === 0) continue;
    await requireUnused(run, color);
    await scale(kubernetes, deployment.metadata.name, 0);
    stopped.push(deployment.metadata.name);
    log.info(`Deployment/${deployment.metadata.name} is scaled to zero`);
  }
  for (const job of (await kubernetes.list(CRON_JOB, { labelSelector: colorSelector(options.release, color) })).items) {
    if (job.spec?.suspend === true) continue;
    await kubernetes.patch(
      { ...CRON_JOB, name: job.metadata.name },
      { spec: { suspend: true } },
      { type: 'merge', fieldManager: FIELD_MANAGER },
    );
  }
  await podsEnding(run, color, stopped);
}

/**
 * Watches until the pods of these Deployments are ending: the same version, brought up again at once, would be given its crashed pods of
 * before. A status counts no pods that end already. Where the controllers take longer, that is said and not waited for.
 */
async function podsEnding({ kubernetes, clock, options, log }: Undo, color: Color, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const ending = (live: KubernetesObject | undefined): boolean => {
    if (live?.spec?.replicas !== 0) return true;
    return (live.status?.observedGeneration ?? 0) >= (live.metadata.generation ?? 0) && (live.status?.replicas ?? 0) === 0;
  };
  await watchUntil({
    kubernetes,
    clock,
    signal: AbortSignal.timeout(2 * ENDING_LIMIT_MS),
    watch: [{ kind: DEPLOYMENT, options: { labelSelector: colorSelector(options.release, color) } }],
    limitMs: ENDING_LIMIT_MS,
    waitingFor: `the end of the pods of ${names.join(', ')}`,
    judge: (view) => (view.all('Deployment').length > 0 && names.every((name) => ending(view.get('Deployment', name)))) || undefined,
  }).catch((error: unknown) => {
    log.warning(`Pods of ${color} are not ending yet: ${error instanceof Error ? error.message : error}`);
  });
}

/** What the user wants of a color that serves nobody any more. */
export async function retireColor(run: Undo, color: Color, keep: 'zero' | 'warm' | 'remove'): Promise<void> {
  if (keep === 'warm') return;
  await requireUnused(run, color);
  if (keep === 'zero') return stopColor(run, color);
  // Its records stay: they are what a rollback brings back.
  await run.helm.uninstall({
    release: colorRelease(run.options.release, color),
    noHooks: true,
    timeoutMs: run.options.timeoutMs,
    keepHistory: true,
  });
  run.log.info(`The color ${color} is removed`);
}
