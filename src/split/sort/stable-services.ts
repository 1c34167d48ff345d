import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { serviceSpec } from '../kinds/fields.ts';
import { titleOf } from '../kinds/objects.ts';
import { type Finding, PART_ANNOTATION, type ServicePlan } from '../model.ts';
import { hasPortOf, selects, servicePlan } from './services.ts';

interface Pods {
  /** The color's long-running workloads. */
  own: readonly KubernetesObject[];
  /** The base's. */
  shared: readonly KubernetesObject[];
  namespace: string;
}

export interface StableServices {
  stable: KubernetesObject[];
  plans: ServicePlan[];
  refusals: Finding[];
  warnings: Finding[];
}

/** Finds the Services that lead to the color's pods, and says which of them cannot be switched. */
export function planServices(services: readonly KubernetesObject[], pods: Pods): StableServices {
  const result: StableServices = { stable: [], plans: [], refusals: [], warnings: [] };
  for (const service of services) {
    if (serviceSpec(service).type === 'ExternalName' || (service.metadata.namespace ?? pods.namespace) !== pods.namespace) {
      continue;
    }
    const leadsTo = (workload: KubernetesObject) => selects(service, workload) && hasPortOf(service, workload);
    const own = pods.own.filter(leadsTo);
    if (own.length > 0) {
      result.stable.push(service);
      result.plans.push(servicePlan(service, own));
      result.refusals.push(...refusalsOf(service, pods.shared.filter(leadsTo), own));
    } else if (pods.own.some((workload) => selects(service, workload))) {
      result.warnings.push({
        object: titleOf(service),
        message: 'selects pods of this version, but none of them has a port of that name: it is left as it is',
      });
    }
  }
  return result;
}

function refusalsOf(service: KubernetesObject, shared: readonly KubernetesObject[], own: readonly KubernetesObject[]): Finding[] {
  const object = titleOf(service);
  const spec = serviceSpec(service);
  const asRendered = `Where both versions' pods may answer (metrics, peers), annotate it with ${PART_ANNOTATION}: base.`;
  const found: Finding[] = [];
  if (shared.length > 0) {
    found.push({
      object,
      message: `selects both pods of a version (${own.map(titleOf).join(', ')}) and shared ones (${shared.map(titleOf).join(', ')})`,
      hint: 'Give its selector one label more, so that it selects only one of them.',
    });
  }
  if (spec.clusterIP === 'None') {
    found.push({
      object,
      message: 'is headless: clients hold pod addresses, which no switch can move',
      hint: `Give it a ClusterIP. ${asRendered}`,
    });
  }
  if (spec.publishNotReadyAddresses === true) {
    found.push({
      object,
      message: 'publishes addresses that are not ready: users would reach pods before they are proved',
      hint: `Remove publishNotReadyAddresses. ${asRendered}`,
    });
  }
  return found;
}
