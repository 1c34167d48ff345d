import { ToolError } from '../../interfaces/errors.ts';
import type { HelmChartMetadata, PartChart } from '../../interfaces/helm.ts';
import { parseJsonObject } from '../../interfaces/reading/json.ts';
import type { ServicePlan, WorkloadPlan } from '../model.ts';

/** On the color's part chart, and so in its release: what the split knew of a version beside its objects. */
const RECORD_ANNOTATION = 'todo-deploy.dev/record';

/** The same in both colors. */
export interface PartRecord {
  /** Whose part it is; what older versions of this product recorded says it in its objects alone, as does a color that has some. */
  app?: string;
  version?: string;
  partHash?: string;
  services: ServicePlan[];
  workloads: Omit<WorkloadPlan, 'coloredName'>[];
}

export function withRecord(
  chart: HelmChartMetadata,
  { workloads, ...rest }: Omit<PartRecord, 'workloads'> & { workloads: readonly WorkloadPlan[] },
): HelmChartMetadata {
  const record: PartRecord = { ...rest, workloads: workloads.map(({ coloredName: _, ...workload }) => workload) };
  return { ...chart, annotations: { ...chart.annotations, [RECORD_ANNOTATION]: JSON.stringify(record) } };
}

/** undefined where the part was made by a version of this product that kept no record. */
export function recordOf(part: PartChart): PartRecord | undefined {
  const text = part.chart.annotations?.[RECORD_ANNOTATION];
  return text === undefined ? undefined : parseJsonObject<PartRecord>(text, unreadable);
}

const unreadable = (why: string): ToolError => new ToolError(`What a release recorded of its part cannot be read: ${why}`);
