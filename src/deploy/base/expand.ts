import type { PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { ServicePort } from '../../split/model.ts';
import { describe } from '../kube/names.ts';

const HOOK = 'helm.sh/hook';

export interface Expansion {
  part: PartChart;
  /** What waits until the old color serves nobody any more: removed objects, and changed ports. */
  deferred: string[];
}

const read = (part: PartChart): [string, KubernetesObject][] =>
  Object.entries(part.templates).map(([file, text]) => [file, JSON.parse(text) as KubernetesObject]);
const write = (object: KubernetesObject): string => `${JSON.stringify(object, null, 2)}\n`;

/**
 * Pure: the base as it is while both colors are up. What the last base had and the new one lacks stays, and stable Services keep the
 * ports that they have now (`livePorts` by name): they change with the switch.
 */
export function expandPart(
  wanted: PartChart,
  before: PartChart | undefined,
  livePorts: ReadonlyMap<string, readonly ServicePort[]>,
): Expansion {
  const deferred: string[] = [];
  const templates = read(wanted).map(([file, object]): [string, string] => {
    const live = object.kind === 'Service' ? livePorts.get(object.metadata.name) : undefined;
    if (!live || samePorts(live, object.spec?.ports ?? [])) return [file, wanted.templates[file] ?? ''];
    deferred.push(`ports of ${describe(object)}`);
    return [file, write({ ...object, spec: { ...object.spec, ports: live } })];
  });
  const names = new Set(read(wanted).map(([, object]) => `${object.apiVersion} ${describe(object)}`));
  const removed = (before ? read(before) : []).filter(
    ([, object]) => !names.has(`${object.apiVersion} ${describe(object)}`) && object.metadata.annotations?.[HOOK] === undefined,
  );
  deferred.push(...removed.map(([, object]) => `removal of ${describe(object)}`));
  const kept = removed.map(([file, object]): [string, string] => [`kept-${file.replace(/^kept-/, '')}`, write(object)]);
  return { part: { ...wanted, templates: Object.fromEntries([...templates, ...kept]) }, deferred };
}

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
