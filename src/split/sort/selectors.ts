import type { LabelSelector } from 'kubernetes-types/meta/v1.d.ts';

type Labels = Readonly<Record<string, string>>;

/** True where every pair of a Service's selector is among the labels; an empty selector matches nothing. */
export function matchesLabels(selector: Labels | undefined, labels: Labels): boolean {
  const pairs = Object.entries(selector ?? {});
  return pairs.length > 0 && pairs.every(([key, value]) => labels[key] === value);
}

/** A LabelSelector as the API reads it: absent matches nothing, empty matches everything. */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (selector === undefined || selector === null) {
    return false;
  }
  const pairs = Object.entries(selector.matchLabels ?? {});
  return pairs.every(([key, value]) => labels[key] === value) && (selector.matchExpressions ?? []).every((one) => holds(one, labels));
}

function holds(expression: { key: string; operator: string; values?: string[] }, labels: Labels): boolean {
  const value = labels[expression.key];
  const values = expression.values ?? [];
  switch (expression.operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}
