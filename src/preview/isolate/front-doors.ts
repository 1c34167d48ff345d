import { NODE, POD } from '../../deploy/kube/names.ts';
import { HttpError } from '../../interfaces/errors.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';

/** Names under which the programs that lead users in are installed. */
const KNOWN = [
  'ingress-nginx',
  'traefik',
  'contour',
  'envoy',
  'envoy-gateway',
  'gateway-helm',
  'haproxy-ingress',
  'kong',
  'nginx-gateway-fabric',
  'nginx-ingress',
  'cilium',
];
/** Where connections of users come from. */
export interface FrontDoors {
  namespaces: readonly string[];
  /** Of nodes, where it runs in their network: there a policy knows no namespace. */
  addresses: readonly string[];
}

/** Where something runs that leads users in, as far as its labels say so; empty where none is known, or may be looked for. */
export async function findFrontDoors(kubernetes: Kubernetes): Promise<FrontDoors> {
  const labelSelector = `app.kubernetes.io/name in (${KNOWN.join(',')})`;
  try {
    const { items: pods } = await kubernetes.list(POD, { allNamespaces: true, labelSelector });
    const namespaces = [...new Set(pods.map(({ metadata }) => metadata.namespace ?? ''))].filter(Boolean).sort();
    const isOnNodes = pods.some(({ spec }) => spec?.hostNetwork === true);
    return { namespaces, addresses: isOnNodes ? await nodeAddresses(kubernetes) : [] };
  } catch (error) {
    if (error instanceof HttpError && error.status === 403) return { namespaces: [], addresses: [] };
    throw error;
  }
}

async function nodeAddresses(kubernetes: Kubernetes): Promise<string[]> {
  const { items } = await kubernetes.list(NODE);
  const addresses = items.flatMap(({ status }) => status?.addresses ?? []);
  return addresses.filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
}
