import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { podLabelsOf } from '../../split/kinds/pods.ts';
import { COLOR_LABEL, COLORS, type Color, FIELD_MANAGER, otherColor } from '../../split/model.ts';
import { healLeaving, leavesToPlain } from '../adoption/heal-leaving.ts';
import { retirePlain } from '../adoption/retire.ts';
import { releaseAutoscalers } from '../color/autoscalers.ts';
import { retireColor } from '../color/retire.ts';
import { moveWorkers } from '../color/workers.ts';
import { activeOf, colorWorkloads, type LiveService, liveStableServices } from '../kube/live.ts';
import { colorRelease, SECRET, SERVICE } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';
import { healing } from '../state/healing.ts';
import { end, type InFlight, keep } from '../state/journal.ts';
import { completeSwitch } from '../traffic/selectors.ts';
import { switchBack, takeBack } from './undo.ts';

/** Finishes or reverts what a killed run left. Returns what was done, as text; undefined where there was nothing. */
export async function heal(run: AppContext): Promise<string | undefined> {
  const { inFlight, history } = run.journal.journal;
  // A release that is pending and not ours is someone's `helm` at work.
  if (inFlight || history.length > 0) await clearPending(run);
  const done = inFlight ? await healInFlight(run, inFlight) : undefined;
  const repaired = await repairSelectors(run);
  const results = [done, repaired].filter((text) => text !== undefined);
  for (const text of results) run.log.warning(text);
  return results.length > 0 ? results.join('; ') : undefined;
}

async function healInFlight(run: AppContext, inFlight: InFlight): Promise<string> {
  const { journal } = run;
  if (leavesToPlain(inFlight)) return healLeaving(run, inFlight, failureOf(run, inFlight));
  const remedy = healing(journal.journal, undefined);
  const subject = `the deploy of ${inFlight.version} that ended in "${inFlight.phase}" (${inFlight.runUrl || inFlight.holder})`;
  const failure = failureOf(run, inFlight);
  if (remedy?.kind === 'finish') {
    await releaseAutoscalers(run, inFlight.color);
    if (inFlight.plain) await retirePlain(run, inFlight.plain, inFlight.color);
    if (inFlight.previousColor) await retireColor(run, inFlight.previousColor, inFlight.keepOld);
    await journal.update((state) => end(state));
    return `Finished ${subject}`;
  }
  if (remedy?.kind === 'switch-back' && remedy.to && (remedy.to === 'plain' || (await isUp(run, inFlight, remedy.to)))) {
    await switchBack(run, inFlight);
    await takeBack(run, inFlight, failure);
    return `Switched back to ${remedy.to}: reverted ${subject}`;
  }
  if (remedy?.kind === 'switch-back' || remedy?.kind === 'keep') return keepNewColor(run, inFlight, subject);
  await takeBack(run, inFlight, failure);
  return `Reverted ${subject}`;
}

const failureOf = (run: AppContext, { version, phase, runUrl }: InFlight) => ({
  version,
  at: new Date(run.clock.now()).toISOString(),
  reason: 'cancelled',
  cause: `ended in ${phase}`,
  runUrl,
});

/** The new color passed its checks and the old one is not there: users stay on, or go to, the new one. */
async function keepNewColor(run: AppContext, inFlight: InFlight, subject: string): Promise<string> {
  await completeSwitch(inFlight.services, run);
  await moveWorkers(run, undefined, inFlight.color);
  await releaseAutoscalers(run, inFlight.color);
  const at = new Date(run.clock.now()).toISOString();
  await run.journal.update((journal) => end(keep(journal, at)));
  return `Kept the color ${inFlight.color}, which had passed its checks, of ${subject}`;
}

/** Whether every Service that would be switched back finds ready pods there. */
async function isUp(run: AppContext, inFlight: InFlight, color: Color): Promise<boolean> {
  const deployments = [...(await colorWorkloads(run.kubernetes, run.options.release, color)).values()];
  const serves = (selector: Record<string, string> | null) =>
    deployments.some((deployment) => matches(deployment, selector) && (deployment.status?.readyReplicas ?? 0) > 0);
  return inFlight.services.every(({ from, asleep }) => from !== null && (asleep?.from || serves(from)));
}

const matches = (workload: KubernetesObject, selector: Record<string, string> | null): boolean =>
  Object.entries(selector ?? {}).every(([key, value]) => podLabelsOf(workload)[key] === value);

/** Helm refuses to work on a release that a killed run left pending. */
async function clearPending({ kubernetes, helm, options, log }: AppContext): Promise<void> {
  const names = [options.release, ...COLORS.map((color) => colorRelease(options.release, color))];
  const { items } = await kubernetes.list(SECRET, {
    labelSelector: `owner=helm,status in (pending-install,pending-upgrade,pending-rollback),name in (${names.join(',')})`,
  });
  for (const name of new Set(items.map((secret) => secret.metadata.labels?.name ?? ''))) {
    if (await helm.clearPending(name)) log.info(`Helm release ${name} was pending: its unfinished revision is marked as failed`);
  }
}

/** Services of the app that select different colors, or pods that are not there, are put on the color that the journal names. */
async function repairSelectors(run: AppContext): Promise<string | undefined> {
  const services = await liveStableServices(run.kubernetes, run.options.release);
  const serving = run.journal.journal.active;
  if (services.length === 0) return undefined;
  const up = async (color: Color): Promise<boolean> => {
    const deployments = [...(await colorWorkloads(run.kubernetes, run.options.release, color)).values()];
    const serves = (service: LiveService) => {
      const selector = { ...service.selector, [COLOR_LABEL]: color };
      return deployments.some((deployment) => matches(deployment, selector) && (deployment.status?.readyReplicas ?? 0) > 0);
    };
    return services.every(serves);
  };
  const seen = activeOf(services);
  if (seen !== undefined && seen !== 'mixed' && (await up(seen))) return undefined;
  const wanted = seen === 'mixed' ? serving : seen === serving ? seen && otherColor(seen) : serving;
  if (wanted === undefined || !(await up(wanted))) return undefined;
  for (const service of services.filter((one) => one.color !== wanted)) {
    const selector = { ...service.selector, [COLOR_LABEL]: wanted };
    const { name, resourceVersion } = service;
    await run.kubernetes.apply(
      { ...SERVICE, metadata: { name, namespace: run.kubernetes.namespace, resourceVersion }, spec: { selector } },
      { fieldManager: FIELD_MANAGER, force: true },
    );
  }
  return `Services ${services.map((service) => service.name).join(', ')} selected ${seen === 'mixed' ? 'different colors' : 'pods that are not ready'}: they select ${wanted} again`;
}
