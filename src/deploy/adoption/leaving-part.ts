import type { PartChart } from '../../interfaces/helm.ts';
import { isA, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import { serviceSpec, workloadSpec } from '../../split/kinds/fields.ts';
import { workloadKind } from '../../split/kinds/rows.ts';
import type { ServicePort } from '../../split/model.ts';
import { pack } from '../../split/part/pack.ts';
import { expandPart } from '../base/expand.ts';
import { withDoneJobs } from '../base/jobs-stay.ts';
import { SERVICE } from '../kube/names.ts';
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
      if (isA(object, SERVICE) && pinned.has(object.metadata.name)) return withoutSelector(object);
      return plain.workloads.some(({ kind, name }) => kind === object.kind && name === object.metadata.name) ? standing(object) : object;
    });
  const wanted = pack(
    { ...now.chart, annotations: undefined },
    objects.map((object) => ({ object, name: object.metadata.name })),
  );
  return expandPart(withDoneJobs(wanted, now), now, livePorts, { version: plain.version, hash: '' }).part;
}

function withoutSelector(service: KubernetesObject): KubernetesObject {
  const { selector: _, ...spec } = serviceSpec(service);
  return { ...service, spec };
}

function standing(object: KubernetesObject): KubernetesObject {
  const still = workloadKind(object) === 'CronJob' ? { suspend: true } : { replicas: 0 };
  return { ...object, spec: { ...workloadSpec(object), ...still } };
}
