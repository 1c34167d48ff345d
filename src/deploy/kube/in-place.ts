import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Pod } from '../../interfaces/objects.ts';
import { serviceSpec, workloadSpec } from '../../split/kinds/fields.ts';
import { isLongRunning, podLabelsOf } from '../../split/kinds/pods.ts';
import { COLOR_LABEL, type SharedWorkload } from '../../split/model.ts';
import { matchesSelector } from '../../split/sort/selectors.ts';
import { SERVICE, selects } from './names.ts';

/** The objects of the base that run these workloads for as long as they are there. */
const running = (base: readonly KubernetesObject[], workloads: readonly SharedWorkload[]): KubernetesObject[] =>
  base.filter(
    (object) => isLongRunning(object) && workloads.some(({ kind, name }) => kind === object.kind && name === object.metadata.name),
  );

/** Pure: tells the pods of these workloads of the base from all others. */
export function podsInPlace(base: readonly KubernetesObject[], workloads: readonly SharedWorkload[]): (pod: Pod) => boolean {
  const selectors = running(base, workloads).map((object) => workloadSpec(object).selector);
  return ({ metadata: { labels = {} } }) =>
    labels[COLOR_LABEL] === undefined && selectors.some((selector) => matchesSelector(selector, labels));
}

/** Pure: Services of the base that lead to these workloads. */
export function routesInPlace(
  base: readonly KubernetesObject[],
  workloads: readonly SharedWorkload[],
): { service: string; selector: Record<string, string> }[] {
  const pods = running(base, workloads).map(podLabelsOf);
  return base.flatMap((object) => {
    const { selector } = object.kind === SERVICE.kind ? serviceSpec(object) : {};
    return selector && pods.some((labels) => selects(selector, labels)) ? [{ service: object.metadata.name, selector }] : [];
  });
}
