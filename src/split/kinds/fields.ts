import type { DeploymentSpec, StatefulSetSpec } from 'kubernetes-types/apps/v1.d.ts';
import type { CronJobSpec } from 'kubernetes-types/batch/v1.d.ts';
import type { ServiceSpec } from 'kubernetes-types/core/v1.d.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';

/** What the split reads and writes of a workload's `spec`, whichever kind has it. */
export type WorkloadSpec = Pick<DeploymentSpec, 'paused' | 'replicas' | 'selector' | 'strategy'> &
  Pick<StatefulSetSpec, 'updateStrategy'> &
  Pick<CronJobSpec, 'suspend'>;

/** An object's `spec` (the object's own, not a copy) as a published type says it, as far as it is written. */
export function specOf<Spec extends object>(object: KubernetesObject): Partial<Spec> {
  return (object.spec ?? {}) as Partial<Spec>;
}

export const workloadSpec = (object: KubernetesObject): Partial<WorkloadSpec> => specOf<WorkloadSpec>(object);

export const serviceSpec = (service: KubernetesObject): ServiceSpec => specOf<ServiceSpec>(service);

/** Texts of a ConfigMap, or a Secret's `stringData`, or its encoded `data`. */
export function textsIn(object: KubernetesObject | undefined, field: 'data' | 'stringData'): Record<string, string> {
  return (object?.[field] ?? {}) as Record<string, string>;
}
