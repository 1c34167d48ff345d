import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { coloredName } from '../kinds/colored.ts';
import { keyOf, kindOf, titleOf } from '../kinds/objects.ts';
import { podTemplateOf } from '../kinds/pods.ts';
import { podReferences } from '../kinds/references.ts';
import { COLORS, type Finding, type ServicePlan } from '../model.ts';

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
      const name = coloredName(kindOf(object), object.metadata.name, color);
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
      COLORS.map((color) => [`${kindOf(object)}/${coloredName(kindOf(object), object.metadata.name, color)}`, titleOf(object)]),
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
