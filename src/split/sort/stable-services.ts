import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { serviceSpec } from '../kinds/fields.ts';
import { titleOf } from '../kinds/objects.ts';
import type { Finding, ServicePlan } from '../model.ts';
import { hasPortOf, selects, servicePlan } from './services.ts';

export interface StableServices {
  stable: KubernetesObject[];
  plans: ServicePlan[];
  warnings: Finding[];
}

/** Pure: whether the workload's pods are behind the Service. */
export const leadsTo = (service: KubernetesObject, workload: KubernetesObject): boolean =>
  selects(service, workload) && hasPortOf(service, workload);

/** Services of the namespace that select pods by themselves. */
export const switchable = (services: readonly KubernetesObject[], namespace: string): KubernetesObject[] =>
  services.filter((service) => serviceSpec(service).type !== 'ExternalName' && (service.metadata.namespace ?? namespace) === namespace);

/** Finds the Services that lead to the color's long-running pods, `own`. */
export function planServices(services: readonly KubernetesObject[], own: readonly KubernetesObject[], namespace: string): StableServices {
  const result: StableServices = { stable: [], plans: [], warnings: [] };
  for (const service of switchable(services, namespace)) {
    const led = own.filter((workload) => leadsTo(service, workload));
    if (led.length > 0) {
      result.stable.push(service);
      result.plans.push(servicePlan(service, led));
    } else if (own.some((workload) => selects(service, workload))) {
      result.warnings.push({
        object: titleOf(service),
        message: 'selects pods of this version, but none of them has a port of that name: it is left as it is',
      });
    }
  }
  return result;
}
