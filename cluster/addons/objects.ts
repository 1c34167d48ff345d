/** Short forms of the objects that every addon is made of. */

export interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

const READ = ['get', 'list', 'watch'];

export function rule(group: string, resources: string, verbs: readonly string[] = READ): Rule {
  return { apiGroups: [group], resources: resources.split(' '), verbs: [...verbs] };
}

export function namespace(name: string): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/** A ServiceAccount with a ClusterRole of its own. */
export function account(name: string, ns: string, rules: readonly Rule[]): object[] {
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: ns } },
    ...clusterRole(name, rules, { kind: 'ServiceAccount', name, namespace: ns }),
  ];
}

export function clusterRole(name: string, rules: readonly Rule[], subject: object): object[] {
  return [{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules }, bindRole(name, name, subject)];
}

export function bindRole(name: string, role: string, subject: object): object {
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role };
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name }, roleRef, subjects: [subject] };
}

export function labels(name: string): Record<string, string> {
  return { 'app.kubernetes.io/name': name };
}

/** What the restricted Pod Security level asks of a container. */
export const RESTRICTED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};
