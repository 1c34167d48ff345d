import type { Workload } from '../../interfaces/objects.ts';
import { podLabelsOf } from '../../split/kinds/pods.ts';
import { selects } from './names.ts';

/** Pure: whether a selector leads to workloads that are all at zero: no pod can be expected behind it. */
export function isAsleep(workloads: Iterable<Workload>, selector: Record<string, string> | null | undefined): boolean {
  const behind = [...workloads].filter((workload) => selects(selector ?? undefined, podLabelsOf(workload)));
  return behind.length > 0 && behind.every(({ spec }) => spec?.replicas === 0);
}
