import { ConfigurationError, DeployError } from '../interfaces/errors.ts';
import type { KindRef, Kubernetes } from '../interfaces/kubernetes.ts';
import type { EndpointSlice, Node, Service } from '../interfaces/objects.ts';
import type { SmokeCheck, SmokeTarget } from './model.ts';

/** Node ports are the same on every node: a few prove it. */
const MAX_NODES = 3;

const SERVICE: KindRef<Service> = { apiVersion: 'v1', kind: 'Service' };
const NODE: KindRef<Node> = { apiVersion: 'v1', kind: 'Node' };
const ENDPOINT_SLICE: KindRef<EndpointSlice> = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' };

type ServicePort = NonNullable<NonNullable<Service['spec']>['ports']>[number];

/** Finds where the checks of a smoke test go: to their URL, to each ready pod behind their Service, to node ports. */
export function targetFinder(options: {
  kubernetes?: Kubernetes | undefined;
  appUrl?: string | undefined;
}): (check: SmokeCheck) => Promise<SmokeTarget[]> {
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
  const { items } = await kubernetes.list(ENDPOINT_SLICE, { namespace, labelSelector: `kubernetes.io/service-name=${wanted.name}` });
  const pods = new Map<string, number>();
  for (const slice of items) {
    const number = portOf(slice, port);
    for (const { conditions, targetRef } of slice.endpoints ?? []) {
      if (conditions?.ready === false || targetRef?.kind !== 'Pod' || targetRef.name === undefined || number === undefined) continue;
      pods.set(targetRef.name, number);
    }
  }
  return [...pods].sort().map(([name, number]) => ({
    label: `pod ${name}`,
    baseUrl: `http://${wanted.name}:${port.port}`,
    connect: () => kubernetes.portForward({ name, namespace }, number),
  }));
}

/** The port on the pods: the slice's port has the name of the Service's. */
function portOf({ ports }: EndpointSlice, wanted: ServicePort): number | undefined {
  return (ports ?? []).find((port) => (port.name ?? '') === (wanted.name ?? ''))?.port;
}

async function nodeTargets(wanted: NonNullable<SmokeCheck['service']>, kubernetes: Kubernetes): Promise<SmokeTarget[]> {
  const { port } = await findPort(wanted, kubernetes);
  if (port.nodePort === undefined) {
    throw new DeployError('smoke-failed', `Service ${wanted.name} has no node port`, { hint: 'its type must be NodePort or LoadBalancer' });
  }
  return (await nodeAddresses(kubernetes)).map(({ name, address }) => ({
    label: `node ${name}`,
    baseUrl: `http://${address.includes(':') ? `[${address}]` : address}:${port.nodePort}`,
  }));
}

/** Of a few nodes that are ready. */
export async function nodeAddresses(kubernetes: Pick<Kubernetes, 'list'>): Promise<{ name: string; address: string }[]> {
  const { items } = await kubernetes.list(NODE);
  return items.filter(isReady).flatMap(addressOf).slice(0, MAX_NODES);
}

const isReady = (node: Node): boolean => (node.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');

/** The address that can be reached from outside, where a node has one. */
function addressOf(node: Node): { name: string; address: string }[] {
  const addresses = node.status?.addresses ?? [];
  const found = ['ExternalIP', 'InternalIP'].map((type) => addresses.find((address) => address.type === type)).find(Boolean);
  return found === undefined ? [] : [{ name: node.metadata.name, address: found.address }];
}

async function findPort(
  wanted: NonNullable<SmokeCheck['service']>,
  kubernetes: Kubernetes,
): Promise<{ port: ServicePort; namespace: string }> {
  const namespace = wanted.namespace ?? kubernetes.namespace;
  const service = await kubernetes.get({ ...SERVICE, name: wanted.name, namespace });
  if (service === undefined) throw new DeployError('smoke-failed', `There is no Service ${wanted.name} in namespace ${namespace}`);
  const ports = (service.spec?.ports ?? []).filter(({ protocol }) => protocol === undefined || protocol === 'TCP');
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
