import type { PartChart } from '../../interfaces/helm.ts';
import { groupOf, isA, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import { serviceSpec, workloadSpec } from '../../split/kinds/fields.ts';
import { isScaled } from '../../split/kinds/rows.ts';
import type { ServicePort } from '../../split/model.ts';
import { pack, unpack } from '../../split/part/pack.ts';
import { isHook } from '../../split/read/hooks.ts';
import { withDoneJobs } from '../base/jobs-stay.ts';
import { describe, SERVICE } from '../kube/names.ts';
import type { PlainApp } from '../state/plain.ts';

/**
 * Pure: the base with the plain workloads in it, at a standstill, while a color serves: what the plain revision holds, Services without
 * selectors, and what only the last base has. Autoscalers and budgets follow when the colors are gone.
 */
export function leavingPart(
  before: readonly KubernetesObject[],
  now: PartChart,
  plain: PlainApp,
  livePorts: ReadonlyMap<string, readonly ServicePort[]>,
): PartChart {
  const later = new Set(plain.others.map(({ kind, name }) => `${kind}/${name}`));
  const pinned = new Set(plain.services.map(({ name }) => name));
  const objects = before
    .filter(({ kind, metadata }) => !later.has(`${kind}/${metadata.name}`))
    .map((object) => {
      if (isA(object, SERVICE) && pinned.has(object.metadata.name)) return standingService(object, livePorts.get(object.metadata.name));
      return plain.workloads.some(({ kind, name }) => kind === object.kind && name === object.metadata.name) ? standing(object) : object;
    });
  const then = pack(
    { ...now.chart, annotations: undefined },
    objects.map((object) => ({ object, name: object.metadata.name })),
  );
  const wanted = withDoneJobs(then, now);
  const names = new Set(unpack(wanted).map(({ object }) => keyOf(object)));
  const kept = unpack(now).filter(({ object }) => !names.has(keyOf(object)) && !isHook(object));
  const more = kept.map(({ file }) => [`kept-${file.replace(/^kept-/, '')}`, now.templates[file] ?? '']);
  return { ...wanted, templates: { ...wanted.templates, ...Object.fromEntries(more) } };
}

const keyOf = (object: KubernetesObject): string => `${groupOf(object)} ${describe(object)}`;

/** Until the switch a Service has the ports that it has. */
function standingService(service: KubernetesObject, ports: readonly ServicePort[] | undefined): KubernetesObject {
  const { selector: _, ...spec } = serviceSpec(service);
  return { ...service, spec: { ...spec, ...(ports && { ports }) } };
}

function standing(object: KubernetesObject): KubernetesObject {
  const still = isScaled(object) ? { replicas: 0 } : { suspend: true };
  return { ...object, spec: { ...workloadSpec(object), ...still } };
}
