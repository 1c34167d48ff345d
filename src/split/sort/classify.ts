import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { workloadSpec } from '../kinds/fields.ts';
import { annotationOf, kindOf, titleOf } from '../kinds/objects.ts';
import { isLongRunning, podLabelsOf, podTemplateOf } from '../kinds/pods.ts';
import { podReferences } from '../kinds/references.ts';
import { rowOf, ruleOf } from '../kinds/rows.ts';
import type { Rule } from '../kinds/table.ts';
import { targetKind, targetOf } from '../kinds/targets.ts';
import { type Finding, PART_ANNOTATION, type ServicePlan, type SplitInput } from '../model.ts';
import type { Manifest } from '../read/manifests.ts';
import type { Obstacle } from './obstacles.ts';
import { findOneColor } from './one-color.ts';
import { type OtherName, otherNames } from './other-names.ts';
import { matchesSelector } from './selectors.ts';
import { planServices } from './stable-services.ts';

/** The chart's objects by part, as rendered, in the render's order. */
export interface Classified {
  /** What exists once per color: workloads, their autoscalers and budgets, and what an annotation puts there. */
  own: KubernetesObject[];
  /** ConfigMaps and Secrets of the base that the color's workloads refer to. */
  copied: KubernetesObject[];
  /** Everything else. */
  base: KubernetesObject[];
  /** The Services of the base that lead to the color's pods. */
  stable: KubernetesObject[];
  plans: ServicePlan[];
  /** Services that are other names of the stable ones. */
  otherNames: OtherName[];
  /** Workloads of the base that would be the color's if they could have two. */
  inPlace: Map<KubernetesObject, Obstacle>;
  refusals: Finding[];
  warnings: Finding[];
}

export function classify(manifests: readonly Manifest[], input: SplitInput): Classified {
  const objects = manifests.map((manifest) => manifest.object);
  const refusals: Finding[] = [];
  const warnings: Finding[] = [];
  const rules = new Map(objects.map((object) => [object, overruled(object, input, refusals)]));
  refusals.push(...unknownShared(objects, input));

  const services = objects.filter((object) => rules.get(object) === 'service');
  const own = new Set(objects.filter((object) => rules.get(object) === 'own'));
  const { inPlace, refusals: refused } = findOneColor(own, { objects, services }, input);
  for (const object of inPlace.keys()) {
    own.delete(object);
  }
  const here = (object: KubernetesObject) => (object.metadata.namespace ?? input.namespace) === input.namespace;
  const pods = (part: boolean) => objects.filter((object) => isLongRunning(object) && here(object) && own.has(object) === part);
  for (const object of objects.filter((one) => rules.get(one) === 'target' && here(one) && hasTargetIn(own, one))) {
    own.add(object);
  }
  for (const object of objects.filter((one) => rules.get(one) === 'pods' && here(one))) {
    const matches = (workload: KubernetesObject) => matchesSelector(workloadSpec(object).selector, podLabelsOf(workload));
    if (pods(true).some(matches) && !pods(false).some(matches)) {
      own.add(object);
    }
  }
  const stable = planServices(services, pods(true), input.namespace);
  return {
    own: objects.filter((object) => own.has(object)),
    copied: copiedConfig(objects.filter(here), own, rules),
    base: objects.filter((object) => !own.has(object)),
    ...stable,
    inPlace,
    otherNames: otherNames(objects, stable.plans, input.namespace),
    refusals: [...refusals, ...refused],
    warnings: [...warnings, ...stable.warnings],
  };
}

/** Pure: nothing runs in a color. */
export const isColorless = ({ own }: Pick<Classified, 'own'>): boolean => own.every((object) => podTemplateOf(object) === undefined);

/** The table's rule, unless the chart's annotation or the input `shared` says otherwise. */
function overruled(object: KubernetesObject, input: SplitInput, refusals: Finding[]): Rule {
  const rule = ruleOf(object);
  const wanted = annotationOf(object, PART_ANNOTATION);
  if (wanted === 'base' || (rule === 'own' && isShared(object, input.shared))) {
    return 'base';
  }
  if (wanted === undefined) {
    return rule;
  }
  const colorable = rule !== 'base' && rule !== 'service';
  if (wanted === 'color' && (colorable || rowOf(object)?.colorable)) {
    return 'own';
  }
  const message =
    wanted === 'color'
      ? `${PART_ANNOTATION}: color is not possible for a ${object.kind}`
      : `${PART_ANNOTATION} is "${wanted}": only base and color are known`;
  refusals.push({ object: titleOf(object), message, hint: `Remove the annotation, or use ${PART_ANNOTATION}: base.` });
  return rule;
}

function isShared(object: KubernetesObject, shared: readonly string[]): boolean {
  return shared.includes(object.metadata.name) || shared.includes(titleOf(object));
}

function unknownShared(objects: readonly KubernetesObject[], input: SplitInput): Finding[] {
  const unknown = input.shared.filter((name) => !objects.some((object) => isShared(object, [name])));
  const candidates = objects.filter((object) => ruleOf(object) === 'own').map(titleOf);
  return unknown.map((name) => ({
    object: '',
    message: `The input shared names "${name}", but the chart has no such object`,
    hint: `The chart's workloads are: ${candidates.join(', ') || 'none'}.`,
  }));
}

function hasTargetIn(own: ReadonlySet<KubernetesObject>, object: KubernetesObject): boolean {
  const target = targetOf(object);
  return target !== undefined && [...own].some((one) => one.metadata.name === target.name && kindOf(one) === targetKind(target));
}

function copiedConfig(
  objects: readonly KubernetesObject[],
  own: ReadonlySet<KubernetesObject>,
  rules: ReadonlyMap<KubernetesObject, Rule>,
): KubernetesObject[] {
  const used = new Set(
    [...own].flatMap((object) => podReferences(podTemplateOf(object)?.spec).map((reference) => `${reference.kind}/${reference.name}`)),
  );
  return objects.filter(
    (object) => rules.get(object) === 'config' && used.has(`${kindOf(object)}/${object.metadata.name}`) && hasContentOfTheChart(object),
  );
}

/** False where another program fills the object (trust bundles, service account tokens): a copy would stay empty. */
function hasContentOfTheChart(object: KubernetesObject): boolean {
  const filled = ['data', 'stringData', 'binaryData'].some((field) => Object.keys(object[field] ?? {}).length > 0);
  return filled && object.type !== 'kubernetes.io/service-account-token';
}
