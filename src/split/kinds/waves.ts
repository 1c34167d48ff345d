import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { kindOf } from './objects.ts';
import { ruleOf } from './rows.ts';

/**
 * When the base changes an object while two versions are up. Everything else is applied as rendered before the color comes up, and removed
 * when the old color is gone.
 * - `door`: how users are led to Services: with the switch, and back with it
 * - `config`: the same, unless shared workloads or hooks use it
 * - `service`: its ports, and a selector that is given back, with the switch
 * - `rules`, `subjects`: what either version may do, until the old color is gone
 * - `limits`: the larger of both, until then
 * - `policy`: what either version allows, until then
 * - `webhooks`, `certificates`: both versions' certificates, until then
 * - `restriction`: added when the old color is gone
 */
export type WaveRule =
  | 'door'
  | 'config'
  | 'service'
  | 'rules'
  | 'subjects'
  | 'limits'
  | 'policy'
  | 'webhooks'
  | 'certificates'
  | 'restriction';

const WAVES: Readonly<Record<string, WaveRule>> = {
  'networking.k8s.io/Ingress': 'door',
  'gateway.networking.k8s.io/Gateway': 'door',
  'gateway.networking.k8s.io/HTTPRoute': 'door',
  'gateway.networking.k8s.io/GRPCRoute': 'door',
  'gateway.networking.k8s.io/TLSRoute': 'door',
  'gateway.networking.k8s.io/TCPRoute': 'door',
  'gateway.networking.k8s.io/UDPRoute': 'door',
  'route.openshift.io/Route': 'door',
  'traefik.io/IngressRoute': 'door',
  'traefik.io/IngressRouteTCP': 'door',
  'traefik.io/IngressRouteUDP': 'door',
  'projectcontour.io/HTTPProxy': 'door',
  'networking.istio.io/Gateway': 'door',
  'networking.istio.io/VirtualService': 'door',
  'networking.istio.io/DestinationRule': 'door',

  'rbac.authorization.k8s.io/Role': 'rules',
  'rbac.authorization.k8s.io/ClusterRole': 'rules',
  'rbac.authorization.k8s.io/RoleBinding': 'subjects',
  'rbac.authorization.k8s.io/ClusterRoleBinding': 'subjects',

  '/ResourceQuota': 'limits',
  'networking.k8s.io/NetworkPolicy': 'policy',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': 'webhooks',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': 'webhooks',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': 'restriction',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': 'restriction',
  'apiregistration.k8s.io/APIService': 'certificates',
};

export function waveRuleOf(object: KubernetesObject): WaveRule | undefined {
  const rule = ruleOf(object);
  return rule === 'config' || rule === 'service' ? rule : WAVES[kindOf(object)];
}
