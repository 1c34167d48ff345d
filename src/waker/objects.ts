import type { KubernetesObject } from '../interfaces/kubernetes.ts';
import { ALONE, type Own } from '../interfaces/own.ts';
import { DEPLOYMENT, WAKER, WAKER_LABEL, wakerSelector } from './marks.ts';
import type { WakerPort } from './plan.ts';

/** The product's own image. */
export const WAKER_IMAGE = 'ghcr.io/org/todo-deploy:1';
/** Beside the Services' own ports: the kubelet's question whether it listens. */
const HEALTH_PORT = 19_999;
/** Of API servers: the Service’s, and where it leads to. */
const API_PORTS = [443, 6443];

export interface WakerSettings {
  release: string;
  namespace: string;
  /** What of the namespace is the app's; left out: all of it. */
  own?: Own | undefined;
  image: string;
  imagePullSecrets?: readonly string[] | undefined;
  ports: readonly WakerPort[];
  /** Names. */
  services: readonly string[];
  deployments: readonly string[];
}

/** Pure: the waker with a ServiceAccount that may do what waking takes, by name, and nothing else. */
export function wakerObjects(settings: WakerSettings): KubernetesObject[] {
  const { namespace, release, own = ALONE } = settings;
  const metadata = { name: own.name(WAKER), namespace, labels: { ...own.labels, [WAKER_LABEL]: release } };
  const { name } = metadata;
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata, rules: rulesOf(settings) },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
    // A preview's pods may not speak to the API server; this one has to, and to nobody else.
    { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec: egressOf(release) },
    deploymentOf(settings, metadata),
  ];
}

const egressOf = (release: string) => ({
  podSelector: { matchLabels: wakerSelector(release) },
  policyTypes: ['Egress'],
  egress: [{ ports: API_PORTS.map((port) => ({ protocol: 'TCP', port })) }],
});

/** Watching one object by its name is allowed where getting it is. */
const rulesOf = ({ services, deployments }: WakerSettings) => [
  { apiGroups: [''], resources: ['services'], resourceNames: [...services], verbs: ['get', 'patch'] },
  { apiGroups: ['apps'], resources: ['deployments'], resourceNames: [...deployments], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['apps'], resources: ['deployments/scale'], resourceNames: [...deployments], verbs: ['patch'] },
];

function deploymentOf(settings: WakerSettings, metadata: KubernetesObject['metadata']): KubernetesObject {
  const { release, image, ports, services, deployments, imagePullSecrets = [] } = settings;
  const labels = wakerSelector(release);
  const isLow = ports.some(({ port }) => port < 1_024);
  const list = (items: readonly (string | number)[]): string => items.join(',');
  return {
    ...DEPLOYMENT,
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: metadata.labels ?? labels },
        spec: {
          serviceAccountName: metadata.name,
          automountServiceAccountToken: true,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 5,
          imagePullSecrets: imagePullSecrets.map((name) => ({ name })),
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65_532,
            seccompProfile: { type: 'RuntimeDefault' },
            ...(isLow && { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }] }),
          },
          containers: [
            {
              name: 'waker',
              image,
              command: ['node', '/app/bin/waker.js'],
              args: [
                `--release=${release}`,
                `--ports=${list([...ports.map(({ port }) => port), HEALTH_PORT])}`,
                `--services=${list(services)}`,
                `--deployments=${list(deployments)}`,
              ],
              ports: ports.map(({ port, name }) => ({ containerPort: port, ...(name && { name }) })),
              readinessProbe: { tcpSocket: { port: HEALTH_PORT }, periodSeconds: 1 },
              resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { cpu: '500m', memory: '192Mi' } },
              securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
            },
          ],
        },
      },
    },
  };
}
