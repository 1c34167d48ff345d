import { readFile } from 'node:fs/promises';
import { applyYaml, kubectl } from '../kubectl.ts';
import { certFile, keyFile } from '../pki.ts';
import { programFile } from '../programs/cache.ts';
import { rule } from './objects.ts';

const GROUP = 'gateway.networking.k8s.io';
const API_VERSION = `${GROUP}/v1`;
const CERTIFICATE = 'gateway-tls';

/** The Gateway API's own definitions (standard channel). They are there before anything watches their kinds. */
export async function applyGatewayDefinitions(): Promise<void> {
  await applyYaml(await readFile(programFile('gateway-api', 'standard.yaml'), 'utf8'));
  const kinds = ['gatewayclasses', 'gateways', 'httproutes', 'grpcroutes', 'referencegrants', 'backendtlspolicies'];
  const names = kinds.map((plural) => `crd/${plural}.${GROUP}`);
  await kubectl(['wait', ...names, '--for=condition=Established', '--timeout=60s'], { timeout: 65_000 });
}

/** What the Gateway provider of Traefik reads, and the statuses that it writes. */
export const gatewayRules = [
  rule('', 'namespaces configmaps'),
  rule(GROUP, 'gatewayclasses gateways httproutes grpcroutes referencegrants backendtlspolicies'),
  rule(GROUP, 'gatewayclasses/status gateways/status httproutes/status grpcroutes/status backendtlspolicies/status', ['update', 'patch']),
];

/**
 * GatewayClass `traefik`, and the Gateway that all namespaces share: `gateway` in Traefik's namespace. As with Traefik's own chart, its
 * listeners name the ports of the entry points inside the pod, which are 80 and 443 outside.
 */
export async function gatewayObjects(name: string): Promise<object[]> {
  const [certificate, key] = await Promise.all([readFile(certFile('gateway'), 'utf8'), readFile(keyFile('gateway'), 'utf8')]);
  const allowedRoutes = { namespaces: { from: 'All' } };
  const listeners = [
    { name: 'web', protocol: 'HTTP', port: 8000, allowedRoutes },
    {
      name: 'websecure',
      protocol: 'HTTPS',
      port: 8443,
      hostname: '*.example.test',
      tls: { mode: 'Terminate', certificateRefs: [{ group: '', kind: 'Secret', name: CERTIFICATE }] },
      allowedRoutes,
    },
  ];
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      metadata: { name: CERTIFICATE, namespace: name },
      stringData: { 'tls.crt': certificate, 'tls.key': key },
    },
    { apiVersion: API_VERSION, kind: 'GatewayClass', metadata: { name }, spec: { controllerName: 'traefik.io/gateway-controller' } },
    {
      apiVersion: API_VERSION,
      kind: 'Gateway',
      metadata: { name: 'gateway', namespace: name },
      spec: { gatewayClassName: name, listeners },
    },
  ];
}
