import type { Reason } from '../../../interfaces/reasons.ts';

/** As Helm says it, as kubectl does, and as the product's own client does. */
const SAID = [
  /no matches for kind "([^"]+)" in version "([^"]+)"/,
  /does not know the kind (\S+) \(([^)]+)\)/,
  /the server could not find the requested resource \((\S+) (\S+)\)/,
];

/** Versions that Kubernetes has removed, and what took their place. */
const SUCCESSORS: Readonly<Record<string, string>> = {
  'extensions/v1beta1 Ingress': 'networking.k8s.io/v1',
  'networking.k8s.io/v1beta1 Ingress': 'networking.k8s.io/v1',
  'networking.k8s.io/v1beta1 IngressClass': 'networking.k8s.io/v1',
  'extensions/v1beta1 NetworkPolicy': 'networking.k8s.io/v1',
  'policy/v1beta1 PodDisruptionBudget': 'policy/v1',
  'batch/v1beta1 CronJob': 'batch/v1',
  'batch/v2alpha1 CronJob': 'batch/v1',
  'autoscaling/v2beta1 HorizontalPodAutoscaler': 'autoscaling/v2',
  'autoscaling/v2beta2 HorizontalPodAutoscaler': 'autoscaling/v2',
  'rbac.authorization.k8s.io/v1beta1 Role': 'rbac.authorization.k8s.io/v1',
  'rbac.authorization.k8s.io/v1beta1 RoleBinding': 'rbac.authorization.k8s.io/v1',
  'rbac.authorization.k8s.io/v1beta1 ClusterRole': 'rbac.authorization.k8s.io/v1',
  'rbac.authorization.k8s.io/v1beta1 ClusterRoleBinding': 'rbac.authorization.k8s.io/v1',
  'apiextensions.k8s.io/v1beta1 CustomResourceDefinition': 'apiextensions.k8s.io/v1',
  'admissionregistration.k8s.io/v1beta1 ValidatingWebhookConfiguration': 'admissionregistration.k8s.io/v1',
  'admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration': 'admissionregistration.k8s.io/v1',
  'storage.k8s.io/v1beta1 StorageClass': 'storage.k8s.io/v1',
  'scheduling.k8s.io/v1beta1 PriorityClass': 'scheduling.k8s.io/v1',
  'coordination.k8s.io/v1beta1 Lease': 'coordination.k8s.io/v1',
  'discovery.k8s.io/v1beta1 EndpointSlice': 'discovery.k8s.io/v1',
};
/** Workloads and their like of Kubernetes 1.15 and before. */
const APPS = /^(?:extensions\/v1beta1|apps\/v1beta[12])$/;

const OWN_GROUP = /^[^./]+$|^[^./]+\/|^[\w.-]+\.k8s\.io\//;
/** Groups of `k8s.io` that come as definitions. */
const INSTALLED = /^(?:gateway\.networking|metrics|snapshot\.storage|groupsnapshot\.storage|[\w.-]+\.x|policy\.networking)\.k8s\.io\//;

/** Pure: a kind or a version of it that the cluster does not serve; undefined where the text says nothing of the kind. */
export function unknownKind(text: string): { reason: Reason; hint: string } | undefined {
  const [, kind, version] = SAID.map((pattern) => pattern.exec(text)).find((match) => match !== null) ?? [];
  if (kind === undefined || version === undefined) return undefined;
  const successor = SUCCESSORS[`${version} ${kind}`] ?? (APPS.test(version) ? 'apps/v1' : undefined);
  if (successor) {
    const hint = `Kubernetes has removed this version: write apiVersion: ${successor}, and its fields. A newer version of the chart may have it.`;
    return { reason: 'api-removed', hint };
  }
  if (OWN_GROUP.test(version) && !INSTALLED.test(version)) {
    return { reason: 'api-removed', hint: `Which versions the cluster serves: kubectl api-resources | grep -w ${kind}` };
  }
  return { reason: 'kind-unknown', hint: `Install the operator that defines ${kind} (${version}), or switch this part of the chart off.` };
}
