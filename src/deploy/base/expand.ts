import type { PartChart } from '../../interfaces/helm.ts';
import { isA, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { ServicePort } from '../../split/model.ts';
import { unpack } from '../../split/part/pack.ts';
import { HOOK_ANNOTATION } from '../../split/read/hooks.ts';
import { describe, SERVICE } from '../kube/names.ts';
import { samePorts } from '../kube/service-ports.ts';

export interface Expansion {
  part: PartChart;
  /** What waits until the old color serves nobody any more: removed objects, and changed ports. */
  deferred: string[];
}

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
  const templates = unpack(wanted).map(({ file, object }): [string, string] => {
    const live = livePorts.get(object.metadata.name);
    if (!live || !isA(object, SERVICE) || samePorts(live, object.spec?.ports ?? [])) return [file, wanted.templates[file] ?? ''];
    deferred.push(`ports of ${describe(object)}`);
    return [file, write({ ...object, spec: { ...object.spec, ports: live } })];
  });
  const names = new Set(unpack(wanted).map(({ object }) => `${object.apiVersion} ${describe(object)}`));
  const removed = (before ? unpack(before) : []).filter(
    ({ object }) => !names.has(`${object.apiVersion} ${describe(object)}`) && object.metadata.annotations?.[HOOK_ANNOTATION] === undefined,
  );
  deferred.push(...removed.map(({ object }) => `removal of ${describe(object)}`));
  const kept = removed.map(({ file, object }): [string, string] => [`kept-${file.replace(/^kept-/, '')}`, write(object)]);
  return { part: { ...wanted, templates: Object.fromEntries([...templates, ...kept]) }, deferred };
}
