import type { EndpointSlice, Pod } from '../../interfaces/objects.ts';
import type { ServicePort } from '../../split/model.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { selects } from '../kube/names.ts';
import { isLongRunning, isReady } from '../kube/pods.ts';

type SlicePort = NonNullable<EndpointSlice['ports']>[number];

/** Pure: whether a port of a slice is this one of its Service. */
export const isOfPort = (one: SlicePort, port: ServicePort): boolean =>
  (one.name ?? '') === (port.name ?? '') && (one.protocol ?? 'TCP') === (port.protocol ?? 'TCP');

/** Pure: the pod's port that a Service's port leads to; undefined where it is a name that none of the pod's containers has. */
export function targetPort(port: ServicePort, { spec }: Pod): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target;
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? []).filter((one) => one.restartPolicy === 'Always')];
  const named = containers.flatMap((container) => container.ports ?? []);
  return named.find((one) => one.name === target && (one.protocol ?? 'TCP') === (port.protocol ?? 'TCP'))?.containerPort;
}

/** A Service with its ports, and the pods that must be behind it. */
interface Served {
  service: string;
  selector: Record<string, string>;
  ports: readonly ServicePort[];
}

/**
 * Pure: a Service's port that a ready pod does not have. Kubernetes leaves the pod out of that port without a word: users of it would find
 * fewer pods, or nobody.
 */
export function portFailure(services: readonly Served[], pods: readonly Pod[]): StepFailure | undefined {
  for (const { service, selector, ports } of services) {
    const own = pods.filter((pod) => selects(selector, pod.metadata.labels) && isLongRunning(pod) && isReady(pod));
    for (const port of ports) {
      const pod = own.find((one) => targetPort(port, one) === undefined);
      if (!pod) continue;
      const name = `${port.name ? `"${port.name}" (${port.port})` : port.port}`;
      const message = `Service ${service}: its port ${name} leads to a container port "${port.targetPort}", and pod ${pod.metadata.name} has none of that name`;
      const hint = `Name it in the container: ports: [{name: ${port.targetPort}, containerPort: …}], or give the Service the number (targetPort). If the Service should not select this pod at all, give its selector one label more.`;
      return new StepFailure('switch-failed', message, { hint });
    }
  }
  return undefined;
}
