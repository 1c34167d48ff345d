import { accessWith, need, PART_VERBS, WATCH_VERBS } from '../../deploy/preflight/access.ts';
import { ROUTES } from '../../interfaces/gateway.ts';
import { type AccessReview, groupOf } from '../../interfaces/kubernetes.ts';
import { KINDS } from '../../split/kinds/rows.ts';

/** Groups of well-known kinds whose API version a template computes. */
const GROUPS: Readonly<Record<string, string>> = {
  Ingress: 'networking.k8s.io',
  NetworkPolicy: 'networking.k8s.io',
  Role: 'rbac.authorization.k8s.io',
  RoleBinding: 'rbac.authorization.k8s.io',
  Certificate: 'cert-manager.io',
  Issuer: 'cert-manager.io',
  ServiceMonitor: 'monitoring.coreos.com',
  PodMonitor: 'monitoring.coreos.com',
  PrometheusRule: 'monitoring.coreos.com',
  ExternalSecret: 'external-secrets.io',
  SealedSecret: 'bitnami.com',
  HTTPRoute: 'gateway.networking.k8s.io',
  GRPCRoute: 'gateway.networking.k8s.io',
  Gateway: 'gateway.networking.k8s.io',
};
/** Objects of the whole cluster: no Role of a namespace can allow them. */
const CLUSTER = new Set([
  'ClusterRole',
  'ClusterRoleBinding',
  'Namespace',
  'CustomResourceDefinition',
  'StorageClass',
  'PersistentVolume',
  'IngressClass',
  'PriorityClass',
  'ClusterIssuer',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'APIService',
]);

type KindName = { apiVersion: string; kind: string };

export const clusterKinds = (kinds: readonly KindName[]): string[] =>
  [...new Set(kinds.map(({ kind }) => kind).filter((kind) => CLUSTER.has(kind)))].sort();

/** Pure: what a deploy does with objects of these kinds, in the app's namespace. */
export function rightsFor(kinds: readonly KindName[]): AccessReview[] {
  const resources = kinds.filter(({ kind }) => !CLUSTER.has(kind)).map(resourceOf);
  const known = KINDS.filter(({ group, plural }) => resources.some((one) => one.group === group && one.plural === plural));
  const parts = [...new Map(resources.map((one) => [`${one.group}/${one.plural}`, one])).values()];
  const routes = ROUTES.filter(({ ref, plural }) => resources.some((one) => one.group === groupOf(ref) && one.plural === plural));
  const watched = routes.flatMap(({ ref, plural }) => need(groupOf(ref), plural, WATCH_VERBS.join(' ')));
  return [...parts.flatMap(({ group, plural }) => need(group, plural, PART_VERBS.join(' '))), ...watched, ...known.flatMap(accessWith)];
}

function resourceOf({ apiVersion, kind }: KindName): { group: string; plural: string } {
  const row = KINDS.find(({ ref }) => ref.kind === kind);
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : (GROUPS[kind] ?? row?.group ?? '');
  return { group, plural: row && row.group === group ? row.plural : plural(kind.toLowerCase()) };
}

/** As Kubernetes guesses it. */
const plural = (word: string): string =>
  /(s|x|ch|sh)$/.test(word) ? `${word}es` : /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
