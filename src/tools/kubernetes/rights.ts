import type { AccessReview } from '../../interfaces/kubernetes.ts';

/** A rule of a SelfSubjectRulesReview's answer (authorization.k8s.io/v1 ResourceRule); `*` stands for all. */
export interface ResourceRule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  /** Empty: every name. */
  resourceNames?: string[];
}

/**
 * Pure: whether these rules allow it, as RBAC reads them. They are those of one namespace, so they say nothing of what has none: a
 * RoleBinding's rule stands among them.
 */
export function allows(rules: readonly ResourceRule[], { verb, group, resource, subresource, name }: AccessReview): boolean {
  const wanted = subresource ? [`${resource}/${subresource}`, `*/${subresource}`, '*'] : [resource, '*'];
  return rules.some(
    (rule) =>
      has(rule.verbs, verb, '*') &&
      has(rule.apiGroups, group, '*') &&
      has(rule.resources, ...wanted) &&
      (!rule.resourceNames?.length || (name !== undefined && rule.resourceNames.includes(name))),
  );
}

const has = (list: readonly string[] | undefined, ...wanted: string[]): boolean => wanted.some((one) => list?.includes(one));
