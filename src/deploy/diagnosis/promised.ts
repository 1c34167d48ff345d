import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { isMap } from '../../interfaces/values.ts';
import { rowOf } from '../../split/kinds/rows.ts';

/** Groups of Kubernetes' own: what they hold is not made by an operator. */
const BUILT_IN = /^[^/]+$|^(apps|batch|autoscaling|policy)\/|\.k8s\.io\//;

/**
 * Pure: names that operators' objects of a chart (ExternalSecret, SealedSecret, Certificate …) have or hold: a Secret or ConfigMap of that
 * name may be made by them, and takes its time.
 */
export function promisedNames(objects: readonly KubernetesObject[]): ReadonlySet<string> {
  const custom = objects.filter((object) => rowOf(object) === undefined && !BUILT_IN.test(object.apiVersion));
  return new Set(custom.flatMap((object) => [object.metadata.name, ...namesIn(object.spec)]));
}

function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => (typeof inner === 'string' && /name$/i.test(key) ? [inner] : namesIn(inner)));
}
