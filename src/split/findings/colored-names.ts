import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { keyOf, kindOf, titleOf } from '../kinds/objects.ts';
import { podTemplateOf } from '../kinds/pods.ts';
import { podReferences } from '../kinds/references.ts';
import { rowOf } from '../kinds/rows.ts';
import { COLORS, type Finding, type ServicePlan } from '../model.ts';
import { colorServiceName } from '../sort/services.ts';

/** Kubernetes' limit for names in general. */
const NAME_LIMIT = 253;
const LONGEST_SUFFIX = Math.max(...COLORS.map((color) => color.length)) + 1;

/** The suffix has to fit in either color: a name that fits as `-blue` alone would fail on the next deploy. */
export function nameRefusals(colored: readonly KubernetesObject[], services: readonly ServicePlan[]): Finding[] {
  const named = [...colored, ...services.map(serviceObject)];
  return named
    .map((object) => ({ object, limit: (rowOf(object)?.nameLimit ?? NAME_LIMIT) - LONGEST_SUFFIX }))
    .filter(({ object, limit }) => object.metadata.name.length > limit)
    .map(({ object, limit }) => ({
      object: titleOf(object),
      message: `the name has ${object.metadata.name.length} characters: with -blue or -green it would be too long`,
      hint: `Use at most ${limit} characters (in most charts: a shorter release name, or fullnameOverride).`,
    }));
}

/** Blue, green and base never share an object: not even where the chart itself has names that end in a color. */
export function collisionRefusals(
  base: readonly KubernetesObject[],
  colored: readonly KubernetesObject[],
  services: readonly ServicePlan[],
  namespace: string,
): Finding[] {
  const taken = new Map(base.map((object) => [keyOf(object, namespace), titleOf(object)]));
  const found: Finding[] = [];
  for (const color of COLORS) {
    for (const object of [...colored, ...services.map(serviceObject)]) {
      const name = colorServiceName(object.metadata.name, color);
      const copy = { ...object, metadata: { ...object.metadata, name } };
      const key = keyOf(copy, namespace);
      const other = taken.get(key);
      if (other !== undefined) {
        found.push({
          object: titleOf(object),
          message: `its ${color} name ${name} is already that of ${other}`,
          hint: 'Rename one of the two in the chart.',
        });
      }
      taken.set(key, titleOf(copy));
    }
  }
  return found;
}

/** Pods that refer to an object outside the chart which one of the color's own objects would replace. */
export function foreignReferenceRefusals(
  pods: readonly KubernetesObject[],
  rendered: readonly KubernetesObject[],
  colored: readonly KubernetesObject[],
  namespace: string,
): Finding[] {
  const here = rendered.filter((object) => (object.metadata.namespace ?? namespace) === namespace);
  const there = new Set(here.map((object) => `${kindOf(object)}/${object.metadata.name}`));
  const ours = new Map(
    colored.flatMap((object) =>
      COLORS.map((color) => [`${kindOf(object)}/${colorServiceName(object.metadata.name, color)}`, titleOf(object)]),
    ),
  );
  return pods.flatMap((object) =>
    podReferences(podTemplateOf(object)?.spec)
      .map(({ kind, name }) => ({ name, key: `${kind}/${name}` }))
      .filter(({ key }) => ours.has(key) && !there.has(key))
      .map(({ name, key }) => ({
        object: titleOf(object),
        message: `refers to ${name}, which is not part of this chart: it is the name that ${ours.get(key)} has in a color`,
        hint: 'Rename one of the two.',
      })),
  );
}

function serviceObject(plan: ServicePlan): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: plan.name } };
}
