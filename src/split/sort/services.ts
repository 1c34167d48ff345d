import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { coloredName } from '../kinds/colored.ts';
import { serviceSpec } from '../kinds/fields.ts';
import { podLabelsOf, podTemplateOf, servingContainersOf } from '../kinds/pods.ts';
import { APP_LABEL, COLOR_LABEL, type Color, type ServicePlan, type ServicePort } from '../model.ts';
import { matchesLabels } from './selectors.ts';

/** True where the workload's pods answer at least one of the Service's ports: any number, or a name that a container has. */
export function hasPortOf(service: KubernetesObject, workload: KubernetesObject): boolean {
  return (serviceSpec(service).ports ?? []).some((port) => hasPort(workload, port));
}

/** The same for one of the ports. */
export function hasPort(workload: KubernetesObject, port: ServicePort): boolean {
  const target = port.targetPort ?? port.port;
  const offered = servingContainersOf(podTemplateOf(workload)?.spec).flatMap((container) => container.ports ?? []);
  return typeof target === 'number' || offered.some((one) => one.name === target && (one.protocol ?? 'TCP') === (port.protocol ?? 'TCP'));
}

/** True where the Service's selector matches the pods, whatever their ports. */
export function selects(service: KubernetesObject, workload: KubernetesObject): boolean {
  return matchesLabels(serviceSpec(service).selector, podLabelsOf(workload));
}

export function servicePlan(service: KubernetesObject, workloads: readonly KubernetesObject[]): ServicePlan {
  const spec = serviceSpec(service);
  return {
    name: service.metadata.name,
    selector: { ...spec.selector },
    ports: (spec.ports ?? []).map((port) => ({ ...port })),
    workloads: workloads.map((workload) => workload.metadata.name),
  };
}

export const colorServiceName = (service: string, color: string): string => coloredName('/Service', service, color);

/** What else of the stable Service decides how its clients reach the pods from inside the cluster. */
const KEPT = [
  'ipFamilies',
  'ipFamilyPolicy',
  'sessionAffinity',
  'sessionAffinityConfig',
  'internalTrafficPolicy',
  'trafficDistribution',
] as const;

/** `<service>-<color>`: the product's own, with our labels only, so that monitors do not see the pods twice. */
export function colorService(service: KubernetesObject, app: string, color: Color | string): KubernetesObject {
  const spec = serviceSpec(service);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: colorServiceName(service.metadata.name, color),
      ...(service.metadata.namespace === undefined ? {} : { namespace: service.metadata.namespace }),
      labels: { [APP_LABEL]: app, [COLOR_LABEL]: color },
    },
    spec: {
      type: 'ClusterIP',
      selector: { ...spec.selector, [COLOR_LABEL]: color },
      ports: (spec.ports ?? []).map(({ nodePort: _nodePort, ...port }) => ({ ...port, protocol: port.protocol ?? 'TCP' })),
      ...Object.fromEntries(KEPT.filter((field) => spec[field] !== undefined).map((field) => [field, spec[field]])),
    },
  };
}

/** The stable Service as the base holds it: the product owns the selector. */
export function withoutSelector(service: KubernetesObject): KubernetesObject {
  const { selector: _selector, ...spec } = serviceSpec(service);
  return { ...service, spec };
}
