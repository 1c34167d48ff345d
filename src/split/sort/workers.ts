import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { coloredName } from '../kinds/colored.ts';
import { workloadSpec } from '../kinds/fields.ts';
import { annotationOf, kindOf, titleOf } from '../kinds/objects.ts';
import { isLongRunning } from '../kinds/pods.ts';
import { isScaled, rowOf, workloadKind } from '../kinds/rows.ts';
import { fewestOf, targetKind, targetOf } from '../kinds/targets.ts';
import { type Finding, type ServicePlan, type SplitResult, WHEN_ANNOTATION, type WorkloadPlan } from '../model.ts';

/** Says for every workload of the color when it runs and how many. */
export function planWorkloads(own: readonly KubernetesObject[], services: readonly ServicePlan[], color: string): WorkloadPlan[] {
  return own.flatMap((object): WorkloadPlan[] => {
    const kind = workloadKind(object);
    if (kind === undefined) {
      return [];
    }
    const { name } = object.metadata;
    const common = { name, coloredName: coloredName(kindOf(object), name, color), kind };
    if (!isScaled(object)) {
      return [{ ...common, autoscaled: false, worker: waits(object, services) && workloadSpec(object).suspend !== true }];
    }
    const fewest = own
      .filter((one) => scales(one, object))
      .map(fewestOf)
      .find((one) => one !== undefined);
    const replicas = fewest ?? workloadSpec(object).replicas ?? 1;
    return [{ ...common, replicas, autoscaled: fewest !== undefined, worker: waits(object, services) }];
  });
}

/** True where the workload runs in the active color only. */
function waits(object: KubernetesObject, services: readonly ServicePlan[]): boolean {
  return serviceOf(object, services) === undefined && annotationOf(object, WHEN_ANNOTATION) !== 'always';
}

/** A Service that leads to the workload's pods. */
function serviceOf(object: KubernetesObject, services: readonly ServicePlan[]): ServicePlan | undefined {
  return isLongRunning(object) ? services.find((service) => service.workloads.includes(object.metadata.name)) : undefined;
}

function scales(scaler: KubernetesObject, workload: KubernetesObject): boolean {
  const target = targetOf(scaler);
  return target?.name === workload.metadata.name && targetKind(target) === kindOf(workload);
}

/** Brings a color's workload or autoscaler into its state before the switch, in place. `object` still has the chart's name. */
export function holdBack(object: KubernetesObject, plans: readonly WorkloadPlan[]): void {
  const standstill = rowOf(object)?.standstill;
  const plan = plans.find((one) => one.name === object.metadata.name && one.kind === workloadKind(object));
  if (standstill?.by === 'annotation' && isPaused(object, plans)) {
    object.metadata.annotations = { ...object.metadata.annotations, [standstill.annotation]: standstill.value };
  } else if (standstill?.by === 'suspend' && plan !== undefined) {
    suspend(object, plan);
  } else if (standstill?.by === 'replicas' && plan !== undefined) {
    holdReplicas(object, plan);
  }
}

/** An autoscaler waits with its target, what has pods of its own like any worker. */
function isPaused(object: KubernetesObject, plans: readonly WorkloadPlan[]): boolean {
  const target = targetOf(object)?.name;
  return rowOf(object)?.target === undefined
    ? annotationOf(object, WHEN_ANNOTATION) !== 'always'
    : plans.some((one) => one.name === target && one.worker);
}

function suspend(object: KubernetesObject, plan: WorkloadPlan): void {
  const spec = workloadSpec(object);
  if (plan.worker) {
    spec.suspend = true;
  } else {
    // As with replicas below.
    spec.suspend ??= false;
  }
}

function holdReplicas(object: KubernetesObject, plan: WorkloadPlan): void {
  const spec = workloadSpec(object);
  if (plan.worker) {
    spec.replicas = 0;
  } else if (plan.autoscaled) {
    delete spec.replicas;
  } else {
    // Left out it means one in an object that is new: a color that was stopped would stay at zero.
    spec.replicas ??= 1;
  }
}

/** What of the color an annotation keeps from running until the switch: it is removed then (and set on the old color's). */
export function pausedObjects(objects: readonly KubernetesObject[]): SplitResult['paused'] {
  return objects.flatMap((object) => {
    const standstill = rowOf(object)?.standstill;
    if (standstill?.by !== 'annotation') {
      return [];
    }
    const { annotation } = standstill;
    const value = annotationOf(object, annotation);
    return value === undefined ? [] : [{ object, annotation, value }];
  });
}

export function whenRefusals(own: readonly KubernetesObject[], services: readonly ServicePlan[]): Finding[] {
  return own.flatMap((object): Finding[] => {
    const when = annotationOf(object, WHEN_ANNOTATION);
    if (when !== undefined && when !== 'always' && when !== 'active') {
      return [{ object: titleOf(object), message: `${WHEN_ANNOTATION} is "${when}": only always and active are known` }];
    }
    const service = serviceOf(object, services);
    return when === 'active' && service !== undefined
      ? [
          {
            object: titleOf(object),
            message: `${WHEN_ANNOTATION}: active is not possible: the Service ${service.name} leads to its pods, which have to be ready before the switch`,
            hint: 'Remove the annotation.',
          },
        ]
      : [];
  });
}
