import { ConfigurationError, DeployError } from '../interfaces/errors.ts';
import type { Kubernetes, KubernetesObject } from '../interfaces/kubernetes.ts';
import type { SmokeCheck, SmokeTarget } from './model.ts';

/** Node ports are the same on every node: a few prove it. */
const MAX_NODES = 3;

interface ServicePort {
  name?: string;
  port: number;
  nodePort?: number;
  protocol?: string;
}
interface Endpoint {
  addresses: string[];
  conditions?: { ready?: boolean };
  targetRef?: { kind: string; name: string };
}

/** Answers where the checks of a smoke test go: to their URL, to each ready pod behind their Service, to node ports. */
export function targetFinder(options: { kubernetes?: Kubernetes; appUrl?: string }): (check: SmokeCheck) => Promise<SmokeTarget[]> {
  return async (check) => {
    if (check.service !== undefined) {
      if (options.kubernetes === undefined) throw new ConfigurationError(`Check "${check.name}" needs access to the cluster`);
      return check.service.nodePort ? nodeTargets(check.service, options.kubernetes) : podTargets(check.service, options.kubernetes);
    }
    const baseUrl = check.url ?? options.appUrl;
    if (baseUrl === undefined) {
      throw new ConfigurationError(`Check "${check.name}" has neither "url" nor "service"`, { hint: 'name one, or set the input "url"' });
    }
    return [{ label: baseUrl, baseUrl }];
  };
}

async function podTargets(wanted: NonNullable<SmokeCheck['service']>, kubernetes: Kubernetes): Promise<SmokeTarget[]> {
  const { port, namespace } = await findPort(wanted, kubernetes);
  const { items } = await kubernetes.list(
    { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
    { namespace, labelSelector: `kubernetes.io/service-name=${wanted.name}` },
  );
  const pods = new Map<string, number>();
  for (const slice of items) {
    const number = portOf(slice, port);
    for (const endpoint of (slice.endpoints ?? []) as Endpoint[]) {
      if (endpoint.conditions?.ready === false || endpoint.targetRef?.kind !== 'Pod' || number === undefined) continue;
      pods.set(endpoint.targetRef.name, number);
    }
  }
  return [...pods].sort().map(([name, number]) => ({
    label: `pod ${name}`,
    baseUrl: `http://${wanted.name}:${port.port}`,
    connect: () => kubernetes.portForward({ name, namespace }, number),
  }));
}

/** The port on the pods: the slice's port has the name of the Service's. */
function portOf(slice: KubernetesObject, wanted: ServicePort): number | undefined {
  const ports = (slice.ports ?? []) as { name?: string; port?: number }[];
  return ports.find((port) => (port.name ?? '') === (wanted.name ?? ''))?.port;
}

async function nodeTargets(wanted: NonNullable<SmokeCheck['service']>, kubernetes: Kubernetes): Promise<SmokeTarget[]> {
  const { port } = await findPort(wanted, kubernetes);
  if (port.nodePort === undefined) {
    throw new DeployError('smoke-failed', `Service ${wanted.name} has no node port`, { hint: 'its type must be NodePort or LoadBalancer' });
  }
  const { items } = await kubernetes.list({ apiVersion: 'v1', kind: 'Node' });
  return items
    .filter(isReady)
    .flatMap(addressOf)
    .slice(0, MAX_NODES)
    .map(({ name, address }) => ({
      label: `node ${name}`,
      baseUrl: `http://${address.includes(':') ? `[${address}]` : address}:${port.nodePort}`,
    }));
}

const isReady = (node: KubernetesObject): boolean =>
  ((node.status?.conditions ?? []) as { type: string; status: string }[]).some(({ type, status }) => type === 'Ready' && status === 'True');

/** The address that can be reached from outside, where a node has one. */
function addressOf(node: KubernetesObject): { name: string; address: string }[] {
  const addresses = (node.status?.addresses ?? []) as { type: string; address: string }[];
  const found = ['ExternalIP', 'InternalIP'].map((type) => addresses.find((address) => address.type === type)).find(Boolean);
  return found === undefined ? [] : [{ name: node.metadata.name, address: found.address }];
}

async function findPort(
  wanted: NonNullable<SmokeCheck['service']>,
  kubernetes: Kubernetes,
): Promise<{ port: ServicePort; namespace: string }> {
  const namespace = wanted.namespace ?? kubernetes.namespace;
  const service = await kubernetes.get({ apiVersion: 'v1', kind: 'Service', name: wanted.name, namespace });
  if (service === undefined) throw new DeployError('smoke-failed', `There is no Service ${wanted.name} in namespace ${namespace}`);
  const ports = ((service.spec?.ports ?? []) as ServicePort[]).filter(({ protocol }) => protocol === undefined || protocol === 'TCP');
  const port =
    wanted.port === undefined ? ports[0] : ports.find(({ name, port: number }) => name === wanted.port || number === wanted.port);
  if (port === undefined) {
    const known = ports.map(({ name, port: number }) => (name === undefined ? String(number) : `${number} (${name})`)).join(', ');
    throw new DeployError('smoke-failed', `Service ${wanted.name} has no port ${wanted.port ?? ''}`, {
      hint: `its ports are ${known || 'none'}`,
    });
  }
  return { port, namespace };
}
