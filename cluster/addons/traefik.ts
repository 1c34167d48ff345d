import { NODES } from '../config.ts';
import { apply } from '../kubectl.ts';
import { until } from '../wait.ts';
import { gatewayObjects, gatewayRules } from './gateway.ts';
import { account, labels, namespace, RESTRICTED, rule } from './objects.ts';

const NAME = 'traefik';

/**
 * Traefik sends requests to the pods' own addresses, which it learns from EndpointSlices. It gathers changes for a while before it
 * follows them (2 s by default); 100 ms here, so that what is measured is the deploy and not this pause.
 */
const ARGS = [
  '--entrypoints.web.address=:8000',
  '--entrypoints.websecure.address=:8443',
  '--entrypoints.websecure.http.tls=true',
  '--entrypoints.ping.address=:9000',
  '--ping=true',
  '--ping.entrypoint=ping',
  // As its Helm chart has it.
  '--entrypoints.metrics.address=:9100',
  '--metrics.prometheus=true',
  '--metrics.prometheus.entrypoint=metrics',
  '--providers.kubernetesingress=true',
  '--providers.kubernetesingress.allowemptyservices=true',
  // What a cloud's load balancer would be: the address that DNS records of Ingress hosts are to name.
  `--providers.kubernetesingress.ingressendpoint.ip=${NODES[0].ip}`,
  '--providers.kubernetesgateway=true',
  `--providers.kubernetesgateway.statusaddress.ip=${NODES[0].ip}`,
  '--providers.providersthrottleduration=100ms',
  '--global.checknewversion=false',
  '--global.sendanonymoususage=false',
  '--log.level=INFO',
];

/**
 * The Ingress and Gateway controller: one pod a node, on ports 80 and 443 of the node's address; IngressClass `traefik`, the default. The
 * Gateway API's definitions have to be there.
 */
export async function applyTraefik(image: string): Promise<void> {
  const rules = [
    rule('', 'services secrets nodes endpoints'),
    rule('discovery.k8s.io', 'endpointslices'),
    rule('networking.k8s.io', 'ingresses ingressclasses'),
    rule('networking.k8s.io', 'ingresses/status', ['update', 'patch']),
    ...gatewayRules,
  ];
  await apply([
    namespace(NAME),
    ...account(NAME, NAME, rules),
    ingressClass(),
    service(),
    daemonSet(image),
    ...(await gatewayObjects(NAME)),
  ]);
}

function ingressClass(): object {
  const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
  const metadata = { name: NAME, annotations };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata, spec: { controller: 'traefik.io/ingress-controller' } };
}

function service(): object {
  const ports = [
    { name: 'web', port: 80, targetPort: 'web' },
    { name: 'websecure', port: 443, targetPort: 'websecure' },
  ];
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: NAME, namespace: NAME }, spec: { selector: labels(NAME), ports } };
}

function daemonSet(image: string): object {
  const container = {
    name: NAME,
    image,
    imagePullPolicy: 'Never',
    args: ARGS,
    env: [{ name: 'GOGC', value: '60' }],
    ports: [
      { name: 'web', containerPort: 8000, hostPort: 80 },
      { name: 'websecure', containerPort: 8443, hostPort: 443 },
      { name: 'metrics', containerPort: 9100 },
    ],
    readinessProbe: { httpGet: { path: '/ping', port: 9000 }, periodSeconds: 2 },
    livenessProbe: { httpGet: { path: '/ping', port: 9000 }, periodSeconds: 10, failureThreshold: 6 },
    resources: { requests: { cpu: '50m', memory: '64Mi' } },
    securityContext: RESTRICTED,
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
  };
  const spec = {
    serviceAccountName: NAME,
    priorityClassName: 'system-cluster-critical',
    containers: [container],
    volumes: [{ name: 'tmp', emptyDir: {} }],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: NAME, namespace: NAME },
    spec: { selector: { matchLabels: labels(NAME) }, template: { metadata: { labels: labels(NAME) }, spec } },
  };
}

/** After a restart the API server still holds the pods' last state, so the ports themselves are asked. */
export async function ingressServes(addresses: readonly string[]): Promise<void> {
  const answers = (address: string) =>
    until(
      `Traefik to answer on ${address}`,
      60_000,
      async () => (await fetch(`http://${address}/`, { signal: AbortSignal.timeout(2_000) })).status,
    );
  await Promise.all(addresses.map(answers));
}
