import { HttpError } from '../../interfaces/errors.ts';
import type { PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { colorServiceName } from '../../split/index.ts';
import { serviceSpec, workloadSpec } from '../../split/kinds/fields.ts';
import { kindNamed, rowOf, ruleOf } from '../../split/kinds/rows.ts';
import { FIELD_MANAGER, type SplitResult, type WorkloadPlan } from '../../split/model.ts';
import { removeLeftovers } from '../base/leftovers.ts';
import { helmFailure } from '../diagnosis/helm-errors.ts';
import { whileHooksRun } from '../diagnosis/running-hooks.ts';
import { equal } from '../kube/equal.ts';
import { refOf } from '../kube/kinds.ts';
import { kubeProxyFollows } from '../kube/kube-proxy.ts';
import { colorWorkloads } from '../kube/live.ts';
import { colorRelease, describe } from '../kube/names.ts';
import { scale } from '../kube/scale.ts';
import type { Plan, Run } from '../run/run.ts';
import { holdAutoscalers, releaseAutoscalers } from './autoscalers.ts';
import { removeForgotten } from './forgotten.ts';
import { recordActiveOnly } from './keda.ts';
import { wantedReplicas, withReplicas } from './replicas.ts';
import { recordActiveReplicas } from './workers.ts';

/** The color as it was applied: the split with its host aliases, the part with its replicas. */
export interface RaisedColor {
  split: SplitResult;
  part: PartChart;
  replicas: ReadonlyMap<string, number>;
  revision: number;
}

/** The idle color's Services, before any pod: with their addresses the split leads all pods of the new version, hooks of the base too. */
export async function placeColorServices(run: Run, plan: Plan): Promise<Plan> {
  // A warm color has its Services, and its pods their addresses.
  if (plan.warm) return plan;
  return { ...plan, split: plan.splitFor(plan.color, await applyColorServices(run, plan)) };
}

/** A color that runs the version already: its size is brought up to what the load needs now. */
export async function useWarmColor(run: Run, plan: Plan, revision: number): Promise<RaisedColor> {
  const { split } = plan;
  const replicas = await wantedReplicas(run, plan, split.workloads);
  const live = await colorWorkloads(run.kubernetes, run.options.release, plan.color);
  const short = [...live.values()].filter(({ metadata, spec }) => (replicas.get(metadata.name) ?? 0) > (spec?.replicas ?? 1));
  for (const workload of short) {
    const wanted = replicas.get(workload.metadata.name) ?? 1;
    await scale(run.kubernetes, refOf(workload), wanted);
    run.log.info(`${describe(workload)} is scaled to ${wanted}: as many as the serving version runs`);
  }
  await holdAutoscalers(run, plan.color, replicas);
  return { split, part: withReplicas(split.color, replicas), replicas, revision };
}

/** The idle color is up with the new version, as far as Kubernetes accepted it: its readiness is another step. `plan` has its place. */
export async function raiseColor(run: Run, plan: Plan): Promise<RaisedColor> {
  const { split } = plan;
  const replicas = await wantedReplicas(run, plan, split.workloads);
  const part = withReplicas(split.color, replicas);
  await deleteWhatCannotChange(run, split.colorObjects);
  // A minimum that was held in the color's last life is not this version's.
  await releaseAutoscalers(run, plan.color);
  const revision = await applyColor(run, plan, part, { noHooks: true });
  // Before anything is taken for a workload of this version.
  await removeLeftovers(run, colorRelease(run.options.release, plan.color), part);
  await removeForgotten(run, plan.color, split.colorObjects);
  await recordActiveReplicas(run, plan.color, split);
  // Before KEDA goes on: it would take away what its triggers do not ask for yet.
  await holdAutoscalers(run, plan.color, replicas);
  await recordActiveOnly(run, plan.color, split);
  await scaleAutoscaled(run, split.workloads, replicas);
  await scaleWhatFell(run, plan.color, replicas);
  return { split, part, replicas, revision };
}

/** Applies the color's part again, so that its post hooks run: `early` where its pods wait for them. */
export async function runPostHooks(run: Run, plan: Plan, raised: RaisedColor, { early }: { early: boolean }): Promise<RaisedColor> {
  // Hooks call the color's Services from inside the cluster.
  if (!early) await kubeProxyFollows(run);
  const revision = await applyColor(run, plan, raised.part, { noHooks: false });
  await holdAutoscalers(run, plan.color, raised.replicas);
  return { ...raised, revision };
}

async function applyColor(run: Run, plan: Plan, part: PartChart, { noHooks }: { noHooks: boolean }): Promise<number> {
  const { helm, options, signal } = run;
  const { timeoutMs } = options;
  const hooks = plan.split.hooks.filter((hook) => hook.part === 'color' && hook.event !== 'test');
  const apply = {
    release: colorRelease(options.release, plan.color),
    part,
    values: plan.values,
    description: `todo-deploy: ${options.version}`,
    timeoutMs,
    noHooks,
  };
  try {
    const applied = await whileHooksRun(noHooks ? [] : hooks, run, timeoutMs, (watched) => helm.apply({ ...apply, signal: watched }));
    return applied.revision;
  } catch (error) {
    signal.throwIfAborted();
    throw await helmFailure(error, `the color ${plan.color}`, hooks, run.kubernetes);
  }
}

/** Returns the ClusterIP of each color Service by the name of its stable Service. */
async function applyColorServices({ kubernetes, signal }: Run, { split, color }: Plan): Promise<Record<string, string>> {
  signal.throwIfAborted();
  const applied = await Promise.all(
    split.colorServices.map((service) => kubernetes.apply(service, { fieldManager: FIELD_MANAGER, force: true })),
  );
  const stable = new Map(split.services.map(({ name }) => [colorServiceName(name, color), name]));
  const addresses = applied.flatMap((service) => {
    const { clusterIP } = serviceSpec(service);
    const name = stable.get(service.metadata.name);
    return clusterIP && name !== undefined ? [[name, clusterIP]] : [];
  });
  return Object.fromEntries(addresses);
}

/** An autoscaler does nothing at zero, where an idle color was left: these are scaled by us once. */
async function scaleAutoscaled(
  { kubernetes, log }: Run,
  workloads: readonly WorkloadPlan[],
  replicas: ReadonlyMap<string, number>,
): Promise<void> {
  for (const { kind, coloredName } of workloads.filter((one) => one.autoscaled && !one.worker)) {
    const wanted = replicas.get(coloredName) ?? 1;
    await scale(kubernetes, { ...kindNamed(kind).ref, name: coloredName }, wanted);
    log.info(`${kind}/${coloredName} starts with ${wanted} replicas`);
  }
}

/** An autoscaler of the color's last version, paused at zero, goes with this apply, but only after what it scaled was there again. */
async function scaleWhatFell({ kubernetes, options }: Run, color: Plan['color'], replicas: ReadonlyMap<string, number>): Promise<void> {
  for (const workload of (await colorWorkloads(kubernetes, options.release, color)).values()) {
    const wanted = replicas.get(workload.metadata.name) ?? 0;
    if ((workload.spec?.replicas ?? 1) < wanted) await scale(kubernetes, refOf(workload), wanted);
  }
}

const selectorOf = (object: KubernetesObject) => {
  const { selector } = workloadSpec(object);
  return { labels: selector?.matchLabels ?? {}, expressions: selector?.matchExpressions ?? [] };
};

const hasFixedSelector = (object: KubernetesObject): boolean => rowOf(object)?.selector === 'fixed';

/** Pure: whether the API server would refuse to change the live object into the wanted one. */
export function cannotBecome(live: KubernetesObject, wanted: KubernetesObject): boolean {
  if (hasFixedSelector(wanted)) return !equal(selectorOf(live), selectorOf(wanted));
  if (ruleOf(wanted) === 'config') {
    if (wanted.kind === 'Secret' && (live.type ?? 'Opaque') !== (wanted.type ?? 'Opaque')) return true;
    return live.immutable === true;
  }
  return false;
}

/** The idle color's objects whose immutable fields change; nothing uses them. */
async function deleteWhatCannotChange({ kubernetes, log }: Run, objects: readonly KubernetesObject[]): Promise<void> {
  for (const wanted of objects.filter((object) => hasFixedSelector(object) || ruleOf(object) === 'config')) {
    const ref = refOf(wanted);
    const live = await kubernetes.get(ref);
    if (!live || !cannotBecome(live, wanted)) continue;
    log.info(`${wanted.kind}/${wanted.metadata.name} is deleted first, since an immutable field changes`);
    await kubernetes.delete(ref, { propagation: 'Foreground', uid: live.metadata.uid }).catch((error: unknown) => {
      if (!(error instanceof HttpError && error.status === 404)) throw error;
    });
  }
}
