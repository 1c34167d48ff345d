import type { PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { workloadSpec } from '../../split/kinds/fields.ts';
import { valueAt } from '../../split/kinds/paths.ts';
import { countsReplicas, isScaled, rowOf } from '../../split/kinds/rows.ts';
import { targetOf } from '../../split/kinds/targets.ts';
import type { WorkloadPlan } from '../../split/model.ts';
import { unpack } from '../../split/part/pack.ts';
import { colorWorkloads } from '../kube/live.ts';
import type { Plan, Run } from '../run/run.ts';

/** How many of each workload come up, by name. Workers wait at zero. */
export async function wantedReplicas(
  { kubernetes, options }: Pick<Run, 'kubernetes' | 'options'>,
  plan: Plan,
  workloads: readonly WorkloadPlan[],
): Promise<Map<string, number>> {
  const live = plan.active && (await colorWorkloads(kubernetes, options.release, plan.active));
  return new Map(
    workloads
      .filter((workload) => countsReplicas(workload) && !workload.worker)
      .map((workload) => {
        const plain = plan.plain?.app.workloads.find(({ kind, name }) => kind === workload.kind && name === workload.name);
        const serving = live?.get(workload.name)?.spec?.replicas ?? plain?.replicas;
        const asked = plan.serving?.replicas[workload.name] ?? plain?.asked;
        return [workload.coloredName, countFor(workload, { serving, asked, most: mostOf(plan.split.colorObjects, workload) })];
      }),
  );
}

/**
 * Pure: how many of a workload come up. Where an autoscaler owns the count: what serves now or the minimum, whichever is more, within the
 * maximum. Else what serves now, where a person may have scaled it, unless the chart asks for another count than the last.
 */
export function countFor(
  { autoscaled, replicas: asks = 1 }: Pick<WorkloadPlan, 'autoscaled' | 'replicas'>,
  { serving = 0, asked, most }: { serving?: number | undefined; asked?: number | undefined; most?: number | undefined },
): number {
  // What scales from zero has to be proved with a pod.
  if (autoscaled) return Math.min(Math.max(1, asks, serving), most ?? Number.POSITIVE_INFINITY);
  return serving > 0 && (asked === undefined || asked === asks) ? serving : asks;
}

/** The most that an autoscaler of the workload allows. */
function mostOf(objects: readonly KubernetesObject[], { coloredName }: WorkloadPlan): number | undefined {
  const counts = objects.flatMap((object) => {
    const path = rowOf(object)?.fewest?.most;
    const most = path !== undefined && targetOf(object)?.name === coloredName ? valueAt(object, path) : undefined;
    return typeof most === 'number' ? [most] : [];
  });
  return counts.length > 0 ? Math.min(...counts) : undefined;
}

/** Pure: the part with the wanted count in each workload that no autoscaler owns. */
export function withReplicas(part: PartChart, replicas: ReadonlyMap<string, number>): PartChart {
  const templates = unpack(part).map(({ file, object }) => {
    const { replicas: asked } = workloadSpec(object);
    const wanted = isScaled(object) ? replicas.get(object.metadata.name) : undefined;
    if (wanted === undefined || asked === undefined || asked === wanted) return [file, part.templates[file]];
    return [file, `${JSON.stringify({ ...object, spec: { ...workloadSpec(object), replicas: wanted } }, null, 2)}\n`];
  });
  return { ...part, templates: Object.fromEntries(templates) };
}
