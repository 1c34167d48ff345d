import type { PartChart } from '../../interfaces/helm.ts';
import { workloadSpec } from '../../split/kinds/fields.ts';
import { countsReplicas, isScaled } from '../../split/kinds/rows.ts';
import type { WorkloadPlan } from '../../split/model.ts';
import { unpack } from '../../split/part/pack.ts';
import { colorWorkloads } from '../kube/live.ts';
import type { Plan, Run } from '../run/run.ts';

/** The active color's live count for each workload that it has, else the chart's. Workers wait at zero. */
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
        const asks = workload.replicas ?? 1;
        // What scales from zero has to be proved with a pod.
        const chart = workload.autoscaled ? Math.max(1, asks) : asks;
        const plain = plan.plain?.app.workloads.find(({ kind, name }) => kind === workload.kind && name === workload.name);
        const serving = live?.get(workload.name)?.spec?.replicas ?? plain?.replicas;
        const asked = plan.serving?.replicas[workload.name] ?? plain?.asked;
        // The live count is what the load needs (autoscaler or person), unless this version's chart asks for another count than the last.
        const keep = serving !== undefined && serving > 0 && (asked === undefined || asked === asks);
        return [workload.coloredName, keep ? serving : chart];
      }),
  );
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
