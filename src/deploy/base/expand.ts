import type { PartChart } from '../../interfaces/helm.ts';
import { isA, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { ServicePort } from '../../split/model.ts';
import { type BaseRecord, type Waiting, waitingFor, withBaseRecord } from '../../split/part/base-record.ts';
import { unpack } from '../../split/part/pack.ts';
import { HOOK_ANNOTATION } from '../../split/read/hooks.ts';
import { describe, SERVICE } from '../kube/names.ts';
import { samePorts } from '../kube/service-ports.ts';

export interface Expansion {
  /** It records what waits. */
  part: PartChart;
  /** What waits until the old color serves nobody any more, as text: removed objects, and changed ports. */
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
  record: Omit<BaseRecord, 'waiting'>,
): Expansion {
  const deferred: string[] = [];
  const waiting: (Waiting | undefined)[] = [];
  const templates = unpack(wanted).map(({ file, object }): [string, string] => {
    const live = livePorts.get(object.metadata.name);
    if (!live || !isA(object, SERVICE) || samePorts(live, object.spec?.ports ?? [])) return [file, wanted.templates[file] ?? ''];
    deferred.push(`ports of ${describe(object)}`);
    const now = { ...object, spec: { ...object.spec, ports: live } };
    waiting.push(waitingFor(file, now, object));
    return [file, write(now)];
  });
  const names = new Set(unpack(wanted).map(({ object }) => `${object.apiVersion} ${describe(object)}`));
  const kept = (before ? unpack(before) : [])
    .filter(
      ({ object }) =>
        !names.has(`${object.apiVersion} ${describe(object)}`) && object.metadata.annotations?.[HOOK_ANNOTATION] === undefined,
    )
    .map(({ file, object }) => ({ file: `kept-${file.replace(/^kept-/, '')}`, object }));
  deferred.push(...kept.map(({ object }) => `removal of ${describe(object)}`));
  waiting.push(...kept.map(({ file, object }) => waitingFor(file, object, undefined)));
  const part = { ...wanted, templates: Object.fromEntries([...templates, ...kept.map(({ file, object }) => [file, write(object)])]) };
  return { part: withBaseRecord(part, { ...record, waiting: waiting.filter((one) => one !== undefined) }), deferred };
}
