import { ENDPOINT_SLICE, POD } from '../../../deploy/kube/names.ts';
import { HttpError } from '../../../interfaces/errors.ts';
import { inBlock } from '../../../interfaces/ip-block.ts';
import type { KindRef, Kubernetes, KubernetesObject, ListOptions } from '../../../interfaces/kubernetes.ts';
import type { Pod } from '../../../interfaces/objects.ts';
import { type Own, ownSelector } from '../../../interfaces/own.ts';
import { METADATA_ADDRESS } from '../objects.ts';
import type { Target } from './script.ts';

export const NODE_VARIABLE = 'NODE_ADDRESS';
const KUBELET = '10250';
const API: Target = { what: 'the API server', host: '$(KUBERNETES_SERVICE_HOST)', port: '$(KUBERNETES_SERVICE_PORT)' };
const NEIGHBOURS = 4;

/** What no pod of a preview is to reach, of what is known to listen; what the input `egress` opens aside, as far as that is known here. */
export async function closedTargets(
  kubernetes: Kubernetes,
  { egress, near, own }: { egress: readonly string[]; near: readonly string[]; own: Own },
) {
  const isApiOpen = egress.length > 0 && (await apiAddresses(kubernetes)).some((address) => isWithin(address, egress) !== false);
  return [
    ...(isApiOpen ? [] : [API]),
    { what: 'the metadata address', host: METADATA_ADDRESS, port: '80' },
    { what: 'the node', host: `$(${NODE_VARIABLE})`, port: KUBELET },
    ...(await neighbours(kubernetes, near)),
    ...(await beside(kubernetes, own)),
  ].filter(({ host }) => !isOpened(host, egress));
}

/** Where the API server's Service leads to; [''] where this account may not know. */
async function apiAddresses(kubernetes: Kubernetes): Promise<string[]> {
  const labelSelector = 'kubernetes.io/service-name=kubernetes';
  const slices = await listed(kubernetes, ENDPOINT_SLICE, { namespace: 'default', labelSelector });
  const addresses = slices.flatMap(({ endpoints }) => endpoints.flatMap((one) => one.addresses));
  return addresses.length === 0 ? [''] : addresses;
}

/** Pods of other namespaces that listen: they are ready, by a question to that port or by what they say. DNS is open on its own port. */
async function neighbours(kubernetes: Kubernetes, namespaces: readonly string[]): Promise<Target[]> {
  const pods = await Promise.all(['kube-system', ...namespaces].map((namespace) => listed(kubernetes, POD, { namespace })));
  return pods.flatMap((some) => some.flatMap((pod) => portsOf(pod)).slice(0, NEIGHBOURS));
}

/** Pods of the namespace that are not this preview's, where it shares one. */
async function beside(kubernetes: Kubernetes, own: Own): Promise<Target[]> {
  const selector = ownSelector(own);
  if (selector === undefined) return [];
  const pods = await listed(kubernetes, POD, { labelSelector: selector.replace('=', '!=') });
  return pods.flatMap((pod) => portsOf(pod, 'a neighbour in its namespace')).slice(0, NEIGHBOURS);
}

/** Pure: where a pod listens, in its own network. */
export function portsOf({ status, spec }: Pod, what = 'a pod of another namespace'): Target[] {
  const isReady = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');
  const host = status?.podIP;
  if (!isReady || !host || spec?.hostNetwork) return [];
  const ports = spec?.containers.flatMap(({ ports: said = [], readinessProbe: ready }) => [
    ready?.httpGet?.port,
    ready?.tcpSocket?.port,
    ...said.filter(({ protocol = 'TCP' }) => protocol === 'TCP').map(({ containerPort }) => containerPort),
  ]);
  const numbers = new Set(ports?.filter((port) => typeof port === 'number' && port !== 53));
  return [...numbers].map((port) => ({ what, host, port: String(port) }));
}

/** What this account may not list is not tried. */
async function listed<T extends KubernetesObject>(kubernetes: Kubernetes, kind: KindRef<T>, options: ListOptions): Promise<T[]> {
  try {
    return (await kubernetes.list(kind, options)).items;
  } catch (error) {
    if (error instanceof HttpError) return [];
    throw error;
  }
}

/** Pure: whether "egress" opens an address, as the policy has it: the metadata address, where it is named alone. */
export const isOpened = (address: string, egress: readonly string[]): boolean =>
  address === METADATA_ADDRESS ? egress.includes(`${METADATA_ADDRESS}/32`) : isWithin(address, egress) === true;

/** Pure: whether an address is in one of these networks (CIDR notation); undefined where it is no address. */
export function isWithin(address: string, networks: readonly string[]): boolean | undefined {
  if (inBlock(address, address) === undefined) return undefined;
  return networks.some((network) => inBlock(address, network) === true);
}
