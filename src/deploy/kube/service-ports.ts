import type { EndpointSlice, Pod } from '../../interfaces/objects.ts';
import type { ServicePort } from '../../split/model.ts';

/** Node ports are Kubernetes' choice unless the chart names them. */
export function samePorts(live: readonly ServicePort[], wanted: readonly ServicePort[]): boolean {
  const shape = (ports: readonly ServicePort[], nodePorts: boolean) =>
    JSON.stringify(
      ports.map(({ name, port, protocol, targetPort, appProtocol, nodePort }, index) => [
        name ?? '',
        port,
        protocol ?? 'TCP',
        targetPort ?? port,
        appProtocol ?? '',
        nodePorts && wanted[index]?.nodePort ? nodePort : 0,
      ]),
    );
  return live.length === wanted.length && shape(live, true) === shape(wanted, true);
}

/** Pure: the new ports with the node ports that clients know: those of the same number, else of the same name. */
export function keepNodePorts(wanted: readonly ServicePort[], live: readonly ServicePort[]): ServicePort[] {
  return wanted.map((port) => {
    const known = live.find((one) => one.port === port.port) ?? live.find((one) => one.name !== undefined && one.name === port.name);
    return port.nodePort === undefined && known?.nodePort ? { ...port, nodePort: known.nodePort } : port;
  });
}

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
