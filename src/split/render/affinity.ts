import type { Affinity, PodAffinityTerm, PodSpec } from 'kubernetes-types/core/v1.d.ts';
import type { LabelSelector } from 'kubernetes-types/meta/v1.d.ts';
import { COLOR_LABEL } from '../model.ts';
import { matchesSelector } from '../sort/selectors.ts';

export interface PodsByPart {
  /** Labels of the color's pods, as rendered. */
  own: readonly Readonly<Record<string, string>>[];
  /** Labels of the base's pods. */
  shared: readonly Readonly<Record<string, string>>[];
  namespace: string;
}

/**
 * Affinity, anti-affinity and spread terms that mean the color's own pods are narrowed to them, in place: or the old color's pods would
 * keep the new one's from being scheduled. A term that means shared pods too leaves out only the other color.
 */
export function colorPlacement(spec: PodSpec, color: string, other: string, pods: PodsByPart): void {
  const narrow = (selector: LabelSelector | undefined) => {
    if (selector === undefined || !pods.own.some((labels) => matchesSelector(selector, labels))) {
      return;
    }
    if (pods.shared.some((labels) => matchesSelector(selector, labels))) {
      selector.matchExpressions = [...(selector.matchExpressions ?? []), { key: COLOR_LABEL, operator: 'NotIn', values: [other] }];
    } else {
      selector.matchLabels = { ...selector.matchLabels, [COLOR_LABEL]: color };
    }
  };
  for (const term of affinityTerms(spec.affinity)) {
    const here = term.namespaces === undefined || term.namespaces.length === 0 || term.namespaces.includes(pods.namespace);
    if (here || term.namespaceSelector !== undefined) {
      narrow(term.labelSelector);
    }
  }
  for (const constraint of spec.topologySpreadConstraints ?? []) {
    narrow(constraint.labelSelector);
  }
}

export function affinityTerms(affinity: Affinity | undefined): PodAffinityTerm[] {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((one) => [
    ...(one?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(one?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((weighted) => weighted.podAffinityTerm),
  ]);
}
