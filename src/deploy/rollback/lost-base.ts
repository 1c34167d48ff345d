import type { PartChart } from '../../interfaces/helm.ts';
import { isA } from '../../interfaces/kubernetes.ts';
import { serviceSpec } from '../../split/kinds/fields.ts';
import { podLabelsOf } from '../../split/kinds/pods.ts';
import { unpack, write } from '../../split/part/pack.ts';
import { recordOf } from '../../split/part/record.ts';
import { SERVICE, selects } from '../kube/names.ts';

/**
 * Pure: the base for a version (`color`) whose own is no longer recorded: as it is now, with that version's Services, which its color knows by
 * their ports. Others would lead to its pods, or to nothing: those that share their labels, and those of the version that serves (`left`).
 */
export function withServicesOf(now: PartChart, color: PartChart, left: readonly string[]): PartChart {
  const wanted = recordOf(color)?.services ?? [];
  const portsOf = new Map(wanted.map(({ name, ports }) => [name, ports]));
  const pods = unpack(color).map(({ object }) => podLabelsOf(object));
  const files = unpack(now);
  const kept = files.flatMap(({ file, object }) => {
    if (!isA(object, SERVICE)) return [{ file, object }];
    const { name } = object.metadata;
    const ports = portsOf.get(name);
    if (ports) return [{ file, object: { ...SERVICE, metadata: object.metadata, spec: { ...withoutSelector(object), ports } } }];
    const stray = left.includes(name) || pods.some((labels) => selects(object.spec?.selector, labels));
    return stray ? [] : [{ file, object }];
  });
  const there = new Set(files.filter(({ object }) => isA(object, SERVICE)).map(({ object }) => object.metadata.name));
  const added = wanted
    .filter(({ name }) => !there.has(name))
    .map(({ name, ports }) => ({ file: `service-${name}.json`, object: { ...SERVICE, metadata: { name }, spec: { ports } } }));
  return { ...now, templates: write([...kept, ...added]) };
}

function withoutSelector(service: Parameters<typeof serviceSpec>[0]): object {
  const { selector: _, ...rest } = serviceSpec(service);
  return rest;
}
