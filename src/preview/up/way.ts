import { gatewayAddress } from '../../deploy/traffic/gateway-address.ts';
import { HttpError } from '../../interfaces/errors.ts';
import { ROUTES, type Route } from '../../interfaces/gateway.ts';
import type { KindRef, Kubernetes, KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Ingress } from '../../interfaces/objects.ts';

/** Where a host is to be asked for that does not resolve, or why that is not known: the end of a sentence. */
type Way = { address: string } | { why: string };

const INGRESS: KindRef<Ingress> = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };
/** What a record may lead to, and no connection: it would have to be resolved as well. */
const isName = (address: string): boolean => /[a-z]/i.test(address) && !address.includes(':');

/** By the Ingress that names the host, else by the Gateway of a route that does. */
export async function wayTo(kubernetes: Kubernetes, host: string): Promise<Way> {
  const ingress = (await listed(kubernetes, INGRESS)).find(({ spec }) => spec?.rules?.some((rule) => rule.host === host));
  if (ingress) {
    const [entry] = ingress.status?.loadBalancer?.ingress ?? [];
    return found(`Ingress/${ingress.metadata.name}`, entry?.ip ?? entry?.hostname, host);
  }
  const routes = (await Promise.all(ROUTES.map(({ ref }) => listed<Route>(kubernetes, ref)))).flat();
  const route = routes.find(({ spec }) => spec?.hostnames?.includes(host));
  if (route === undefined) return { why: `no Ingress and no route that can be read here names it: ${record(host)}` };
  const text = `the Gateway of ${route.kind}/${route.metadata.name}`;
  return found(text, await gatewayAddress({ kubernetes }, [route], host), host);
}

const found = (what: string, address: string | undefined, host: string): Way =>
  address === undefined
    ? { why: `${what} has no address, or none that can be read here: ${record(host)}` }
    : isName(address)
      ? { why: `${what} is at ${address}: ${record(host)}` }
      : { address };

const record = (host: string): string => `a DNS record *.${host.split('.').slice(1).join('.')} has to lead to the front door`;

/** Nothing, where the cluster does not know the kind, or this account may not look. */
async function listed<T extends KubernetesObject>(kubernetes: Kubernetes, kind: KindRef<T>): Promise<T[]> {
  try {
    return (await kubernetes.resource(kind)) ? (await kubernetes.list(kind)).items : [];
  } catch (error) {
    if (error instanceof HttpError && [403, 404].includes(error.status)) return [];
    throw error;
  }
}
