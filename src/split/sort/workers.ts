import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { annotationOf, kindOf, titleOf } from '../kinds/objects.ts';
import { targetKind, targetOf } from '../kinds/rules.ts';
import { type Finding, type ServicePlan, WHEN_ANNOTATION, type WorkloadPlan } from '../model.ts';

/** Holds a ScaledObject's target at zero. */
export const KEDA_PAUSED_AT = 'autoscaling.keda.sh/paused-replicas';
/** Holds a ScaledJob. */
export const KEDA_PAUSED = 'autoscaling.keda.sh/paused';

/** Says for every Deployment and CronJob of the color when it runs and how many. */
export function planWorkloads(own: readonly KubernetesObject[], services: readonly ServicePlan[], color: string): WorkloadPlan[] {
  return own.flatMap((object): WorkloadPlan[] => {
    const kind = kindOf(object);
    const { name } = object.metadata;
    const common = { name, coloredName: `${name}-${color}` };
    if (kind === 'batch/CronJob') {
      return [{ ...common, kind: 'CronJob', autoscaled: false, worker: waits(object, services) && object.spec?.suspend !== true }];
    }
    if (kind !== 'apps/Deployment') {
      return [];
    }
    const scaler = scalerOf(object, own);
    const replicas = scaler === undefined ? (object.spec?.replicas ?? 1) : fewest(scaler);
    return [{ ...common, kind: 'Deployment', replicas, autoscaled: scaler !== undefined, worker: waits(object, services) }];
  });
}

/** True where the workload runs in the active color only. */
function waits(object: KubernetesObject, services: readonly ServicePlan[]): boolean {
  const when = annotationOf(object, WHEN_ANNOTATION);
  const served = kindOf(object) === 'apps/Deployment' && services.some((service) => service.workloads.includes(object.metadata.name));
  return !served && when !== 'always';
}

/** The HPA or ScaledObject that owns `spec.replicas` of the Deployment. */
function scalerOf(deployment: KubernetesObject, own: readonly KubernetesObject[]): KubernetesObject | undefined {
  return own.find((object) => {
    const target = kindOf(object) === 'autoscaling.k8s.io/VerticalPodAutoscaler' ? undefined : targetOf(object);
    return target?.name === deployment.metadata.name && targetKind(target) === kindOf(deployment);
  });
}

function fewest(scaler: KubernetesObject): number {
  const spec = scaler.spec;
  return spec?.minReplicas ?? spec?.minReplicaCount ?? (kindOf(scaler) === 'keda.sh/ScaledObject' ? 0 : 1);
}

/** Brings a color's workload or autoscaler into its state before the switch, in place. `object` still has the chart's name. */
export function holdBack(object: KubernetesObject, plans: readonly WorkloadPlan[]): void {
  const plan = plans.find((one) => one.name === object.metadata.name && kindOf(object).endsWith(`/${one.kind}`));
  const target = targetOf(object)?.name;
  if (plan?.kind === 'CronJob' && plan.worker) {
    object.spec.suspend = true;
  } else if (plan?.kind === 'CronJob') {
    // As with replicas below.
    object.spec.suspend ??= false;
  } else if (plan?.kind === 'Deployment' && plan.worker) {
    object.spec.replicas = 0;
  } else if (plan?.kind === 'Deployment' && plan.autoscaled) {
    delete object.spec.replicas;
  } else if (plan?.kind === 'Deployment') {
    // Left out it means one in an object that is new: a color that was stopped would stay at zero.
    object.spec.replicas ??= 1;
  } else if (kindOf(object) === 'keda.sh/ScaledObject' && plans.some((one) => one.name === target && one.worker)) {
    object.metadata.annotations = { ...object.metadata.annotations, [KEDA_PAUSED_AT]: '0' };
  } else if (kindOf(object) === 'keda.sh/ScaledJob' && annotationOf(object, WHEN_ANNOTATION) !== 'always') {
    object.metadata.annotations = { ...object.metadata.annotations, [KEDA_PAUSED]: 'true' };
  }
}

/** KEDA's objects of the color that stand still until the switch: `annotation` is removed then (and set on the old color's). */
export function pausedObjects(objects: readonly KubernetesObject[]): { object: KubernetesObject; annotation: string; value: string }[] {
  return objects.flatMap((object) => {
    const annotation = kindOf(object) === 'keda.sh/ScaledObject' ? KEDA_PAUSED_AT : KEDA_PAUSED;
    const value = kindOf(object).startsWith('keda.sh/') ? annotationOf(object, annotation) : undefined;
    return value === undefined ? [] : [{ object, annotation, value }];
  });
}

export function whenRefusals(own: readonly KubernetesObject[], services: readonly ServicePlan[]): Finding[] {
  return own.flatMap((object): Finding[] => {
    const when = annotationOf(object, WHEN_ANNOTATION);
    if (when !== undefined && when !== 'always' && when !== 'active') {
      return [{ object: titleOf(object), message: `${WHEN_ANNOTATION} is "${when}": only always and active are known` }];
    }
    const service = services.find((one) => kindOf(object) === 'apps/Deployment' && one.workloads.includes(object.metadata.name));
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
