import type { KubernetesObject } from '../../../interfaces/kubernetes.ts';
import { quantity } from '../../../split/kinds/quantity.ts';
import { equal } from '../../kube/equal.ts';

/** Pure: the items of both lists, each once. */
export const union = <T>(one: readonly T[] = [], other: readonly T[] = []): T[] => [
  ...one,
  ...other.filter((item) => !one.some((known) => equal(known, item))),
];

/** Pure: the wanted role or binding, with what the version before may do as well. */
export function unionOf(before: KubernetesObject, wanted: KubernetesObject, field: 'rules' | 'subjects'): KubernetesObject {
  const lists = [wanted, before].map((object) => (object[field] ?? []) as unknown[]);
  return { ...wanted, [field]: union(lists[0], lists[1]) };
}

type Hard = Record<string, string | number>;
const hardOf = (quota: KubernetesObject): Hard => ((quota.spec ?? {}) as { hard?: Hard }).hard ?? {};

/** Pure: the wanted quota with the larger of both amounts; what only one of them limits is not limited. */
export function largerLimits(before: KubernetesObject, wanted: KubernetesObject): KubernetesObject {
  const [was, will] = [hardOf(before), hardOf(wanted)];
  const both = Object.keys(will).filter((name) => name in was);
  const hard = Object.fromEntries(both.map((name) => [name, quantity(was[name]) > quantity(will[name]) ? was[name] : will[name]]));
  return { ...wanted, spec: { ...(wanted.spec as object), hard } };
}
