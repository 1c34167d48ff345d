import { HttpError } from '../../interfaces/errors.ts';
import type { KindRef, Kubernetes } from '../../interfaces/kubernetes.ts';
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

/** Namespaces where something runs that leads users in, as far as its labels say so; empty where none is known, or may be looked for. */
export async function frontDoorNamespaces(kubernetes: Kubernetes): Promise<string[]> {
  const labelSelector = `app.kubernetes.io/name in (${KNOWN.join(',')})`;
  try {
    const lists = await Promise.all(
      RUN_AS.map((kind) => kubernetes.list(kind, { allNamespaces: true, labelSelector, metadataOnly: true })),
    );
    return [...new Set(lists.flatMap(({ items }) => items.map(({ metadata }) => metadata.namespace ?? '')))].filter(Boolean).sort();
  } catch (error) {
    if (error instanceof HttpError && error.status === 403) return [];
    throw error;
  }
}
