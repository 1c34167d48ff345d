import type { EndpointSlice, Pod } from '../../interfaces/objects.ts';
import type { ServicePort } from '../../split/model.ts';

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
