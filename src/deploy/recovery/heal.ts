import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { podLabelsOf } from '../../split/kinds/pods.ts';
import { COLOR_LABEL, COLORS, type Color, FIELD_MANAGER, otherColor } from '../../split/model.ts';
import { retireColor } from '../color/retire.ts';
import { moveWorkers } from '../color/workers.ts';
import { activeOf, colorWorkloads, type LiveService, liveStableServices } from '../kube/live.ts';
import { colorRelease, SECRET, SERVICE } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';
import { end, healing, type InFlight, keep } from '../state/journal.ts';
import { sendOn } from '../traffic/selectors.ts';
import { switchBack, takeBack } from './undo.ts';

/** Finishes or reverts what a killed run left. Answers in words what was done; undefined where there was nothing. */
export async function heal(run: AppContext): Promise<string | undefined> {
  await clearPending(run);
  const left = run.journal.journal.inFlight;
  const done = left ? await healInFlight(run, left) : undefined;
  const repaired = await repairSelectors(run);
  const said = [done, repaired].filter((text) => text !== undefined);
  for (const text of said) run.log.warning(text);
  return said.length > 0 ? said.join('; ') : undefined;
}

async function healInFlight(run: AppContext, left: InFlight): Promise<string> {
  const { journal } = run;
  const what = healing(journal.journal);
  const whose = `the deploy of ${left.version} that ended in "${left.phase}" (${left.runUrl || left.holder})`;
  const failure = {
    version: left.version,
    at: new Date(run.clock.now()).toISOString(),
    reason: 'cancelled',
    cause: `ended in ${left.phase}`,
    runUrl: left.runUrl,
  };
  if (what?.kind === 'finish') {
    if (left.previousColor) await retireColor(run, left.previousColor, left.keepOld);
    await journal.update((state) => end(state));
    return `Finished ${whose}`;
  }
  if (what?.kind === 'switch-back' && what.to && (await isUp(run, left, what.to))) {
    await switchBack(run, left);
    await takeBack(run, left, failure);
    return `Switched back to ${what.to}: reverted ${whose}`;
  }
  if (what?.kind === 'switch-back' || what?.kind === 'first-deploy') return keepNew(run, left, whose);
  await takeBack(run, left, failure);
  return `Took back ${whose}`;
}

/** The new color passed its checks and the old one is not there: users stay on, or go to, the new one. */
async function keepNew(run: AppContext, left: InFlight, whose: string): Promise<string> {
  await sendOn(left.services, run);
  await moveWorkers(run, undefined, left.color);
  await run.journal.update(keep);
  return `Kept the color ${left.color}, which had passed, of ${whose}`;
}

/** Whether every Service that would go back finds ready pods there. */
async function isUp(run: AppContext, left: InFlight, color: Color): Promise<boolean> {
  const deployments = [...(await colorWorkloads(run.kubernetes, run.options.release, color)).values()];
  const serves = (selector: Record<string, string> | null) =>
    deployments.some((deployment) => matches(deployment, selector) && (deployment.status?.readyReplicas ?? 0) > 0);
  return left.services.every((service) => service.from !== null && serves(service.from));
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
    if (await helm.clearPending(name)) log.info(`Helm release ${name} was pending: its unfinished revision counts as failed`);
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
