import { groupOf, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import { kindOf } from '../kinds/objects.ts';
import { rowOf } from '../kinds/rows.ts';
import { waveRuleOf } from '../kinds/waves.ts';
import type { PreviewRules } from '../model.ts';

/** Kinds of the whole cluster: a preview that owned one would own it for everybody. */
const CLUSTER_WIDE: ReadonlySet<string> = new Set([
  '/Namespace',
  '/Node',
  '/PersistentVolume',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'cert-manager.io/ClusterIssuer',
  'cilium.io/CiliumClusterwideNetworkPolicy',
  'gateway.networking.k8s.io/GatewayClass',
  'networking.k8s.io/IngressClass',
  'policy.networking.k8s.io/AdminNetworkPolicy',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/StorageClass',
]);

/** Groups whose objects make something outside of the cluster, or tell people something. */
const OUTSIDE: readonly (readonly [RegExp, string])[] = [
  [
    /(^|\.)(crossplane\.io|upbound\.io|services\.k8s\.aws|cnrm\.cloud\.google\.com|azure\.com|databases\.digitalocean\.com)$/,
    'it would make something in a cloud',
  ],
  [/^externaldns\.k8s\.io$/, 'it would write to the DNS'],
  [/^monitoring\.coreos\.com$/, 'previews alert nobody'],
  [/^(velero\.io|k8up\.io)$/, 'previews are not backed up'],
  [/^argoproj\.io$|(^|\.)toolkit\.fluxcd\.io$/, 'it would deploy something else'],
];

/** What others allow or limit in the preview's namespace is the preview's own matter. */
const OWN_RULES: ReadonlySet<string> = new Set([
  '/LimitRange',
  '/ResourceQuota',
  'cilium.io/CiliumNetworkPolicy',
  'crd.projectcalico.org/NetworkPolicy',
  'networking.k8s.io/NetworkPolicy',
]);

/** TCP and UDP have no host: a port is one of all. */
const WITHOUT_HOST: ReadonlySet<string> = new Set([
  'gateway.networking.k8s.io/TCPRoute',
  'gateway.networking.k8s.io/UDPRoute',
  'traefik.io/IngressRouteTCP',
  'traefik.io/IngressRouteUDP',
]);

/** Pure: why an object is not in a preview; undefined: it is. */
export function whyLeftOut(object: KubernetesObject, { tlsSecret }: PreviewRules, namespace: string): string | undefined {
  const kind = kindOf(object);
  const row = rowOf(object);
  if (CLUSTER_WIDE.has(kind)) return 'it is of the whole cluster';
  if ((object.metadata.namespace ?? namespace) !== namespace) return `it is of the namespace ${object.metadata.namespace}`;
  if (row?.makesJobs) return 'nothing runs by the clock in a preview';
  if (row?.rule === 'target' && !row.fewest) return 'what a preview uses is capped';
  if (OWN_RULES.has(kind)) return 'a preview has its own';
  if (WITHOUT_HOST.has(kind)) return 'its port is one of the whole cluster';
  if (kind === 'cert-manager.io/Certificate' && tlsSecret !== undefined) return `all hosts are served with the Secret ${tlsSecret}`;
  if (waveRuleOf(object) === 'door' && groupOf(object) === 'networking.istio.io') return 'hosts of this kind are not rewritten';
  return OUTSIDE.find(([group]) => group.test(groupOf(object)))?.[1];
}
