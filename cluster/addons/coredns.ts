import { DNS_IP } from '../config.ts';
import { apply } from '../kubectl.ts';
import { account, labels, RESTRICTED, rule } from './objects.ts';

const NAME = 'coredns';
const NS = 'kube-system';

// No forward: the nodes have no way to other name servers, and a refusal is quicker than a timeout.
const COREFILE = `.:53 {
    errors
    health :8080 {
        lameduck 5s
    }
    ready :8181
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        ttl 30
    }
    cache 30
    loadbalance
}
`;

/** The cluster's name server: two pods behind the address that every pod's resolv.conf names. */
export async function applyCoreDns(image: string): Promise<void> {
  const rules = [
    rule('', 'endpoints services pods namespaces', ['list', 'watch']),
    rule('discovery.k8s.io', 'endpointslices', ['list', 'watch']),
  ];
  await apply([
    ...account(NAME, NS, rules),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: NAME, namespace: NS }, data: { Corefile: COREFILE } },
    deployment(image),
    service(),
  ]);
}

function deployment(image: string): object {
  const container = {
    name: NAME,
    image,
    imagePullPolicy: 'Never',
    args: ['-conf', '/etc/coredns/Corefile'],
    ports: [
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
    ],
    readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 2 },
    livenessProbe: { httpGet: { path: '/health', port: 8080 }, periodSeconds: 10, failureThreshold: 5 },
    resources: { requests: { cpu: '20m', memory: '20Mi' }, limits: { memory: '128Mi' } },
    securityContext: RESTRICTED,
    volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', readOnly: true }],
  };
  const pod = {
    serviceAccountName: NAME,
    priorityClassName: 'system-cluster-critical',
    dnsPolicy: 'Default',
    // Port 53 as everywhere: NetworkPolicies name the pod's port, not the Service's.
    securityContext: { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }] },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: labels(NAME) },
      },
    ],
    containers: [container],
    volumes: [{ name: 'config', configMap: { name: NAME } }],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, namespace: NS },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels(NAME) },
      template: { metadata: { labels: { ...labels(NAME), 'k8s-app': 'kube-dns' } }, spec: pod },
    },
  };
}

function service(): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: NS, labels: { 'k8s-app': 'kube-dns' } },
    spec: {
      clusterIP: DNS_IP,
      selector: { 'k8s-app': 'kube-dns' },
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 'dns' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 'dns-tcp' },
      ],
    },
  };
}
