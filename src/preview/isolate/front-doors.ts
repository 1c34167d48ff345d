import { NODE } from '../../deploy/kube/names.ts';
import { HttpError } from '../../interfaces/errors.ts';
import type { KindRef, Kubernetes } from '../../interfaces/kubernetes.ts';
import { podTemplateOf } from '../../split/kinds/pods.ts';
import { READY } from '../../split/kinds/rows.ts';

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
/** What such a program runs as. */
const RUN_AS: readonly KindRef[] = READY.filter(({ ready }) => ready === 'replica-set' || ready === 'nodes').map(({ ref }) => ref);

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
    const lists = await Promise.all(RUN_AS.map((kind) => kubernetes.list(kind, { allNamespaces: true, labelSelector })));
    const found = lists.flatMap(({ items }) => items);
    const namespaces = [...new Set(found.map(({ metadata }) => metadata.namespace ?? ''))].filter(Boolean).sort();
    const isOnNodes = found.some((object) => podTemplateOf(object)?.spec?.hostNetwork === true);
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
