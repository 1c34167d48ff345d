import { GATEWAY_CLASS, type Gateway, type GatewayClass, type Listener, type ParentRef, type Route } from '../../interfaces/gateway.ts';
import { isA, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import { type Around, attach, gatewayKey, isGateway, parentKey, parentsOf } from './attach.ts';

/** Where users reach something. */
export interface Served {
  host: string;
  tls: boolean;
  /** Where it is not the protocol's own. */
  port?: number | undefined;
}

const isConcrete = (host: string): boolean => host !== '' && !host.startsWith('*');

/**
 * Pure: where users reach a route, by the listeners that take it: its first name that is no wildcard, by TLS where that is offered. `known`: the
 * chart's objects, and the Gateways and classes of the cluster. Of a Gateway that is not among them only the reference is known.
 */
export function servedBy(route: Route, known: readonly KubernetesObject[], around: Around): Served | undefined {
  const gateways = new Map(known.filter(isGateway).map((gateway) => [gatewayKey(gateway, around), gateway]));
  const parents = parentsOf(route).map((ref) => ({ ref, gateway: gateways.get(parentKey(route, ref, around)) }));
  const offered = parents.flatMap(({ ref, gateway }) => (gateway ? offersOf(route, ref, gateway, around) : []));
  const hosts = offered.flatMap((offer) => offer.hosts);
  const host = (route.spec?.hostnames ?? []).find((one) => isConcrete(one) && hosts.includes(one)) ?? hosts.find(isConcrete);
  if (host !== undefined) {
    const takers = offered.filter((offer) => offer.hosts.includes(host));
    const best = takers.find(({ listener }) => listener.protocol === 'HTTPS') ?? takers[0];
    return best && { host, tls: best.listener.protocol === 'HTTPS', port: portOf(best, known) };
  }
  const unknown = parents.filter(({ gateway }) => gateway === undefined);
  return parents.length > 0 && unknown.length === 0 ? undefined : byReference(route, unknown);
}

interface Offer {
  gateway: Gateway;
  listener: Listener;
  hosts: string[];
}

function offersOf(route: Route, ref: ParentRef, gateway: Gateway, around: Around): Offer[] {
  const attached = attach(route, ref, gateway, around);
  return typeof attached === 'string' ? [] : attached.map((one) => ({ ...one, gateway }));
}

function byReference({ spec }: Route, parents: readonly { ref: ParentRef }[]): Served | undefined {
  const host = (spec?.hostnames ?? []).find(isConcrete);
  const tls = parents.some(({ ref }) => ref.port === 443 || /https|tls|websecure/.test(ref.sectionName ?? ''));
  return host === undefined ? undefined : { host, tls };
}

/** Traefik's listeners name the ports of its entry points, inside of its pods. Outside they are what its own chart's Service makes of them. */
const TRAEFIK_PORTS: ReadonlyMap<number, number> = new Map([
  [8000, 80],
  [8443, 443],
]);

function portOf({ gateway, listener }: Offer, known: readonly KubernetesObject[]): number | undefined {
  const { port } = listener;
  const outside = port !== undefined && isTraefiks(gateway, known) ? (TRAEFIK_PORTS.get(port) ?? port) : port;
  return outside === (listener.protocol === 'HTTPS' ? 443 : 80) ? undefined : outside;
}

function isTraefiks({ spec }: Gateway, known: readonly KubernetesObject[]): boolean {
  const name = spec?.gatewayClassName ?? '';
  const found = known.find((object): object is GatewayClass => isA(object, GATEWAY_CLASS) && object.metadata.name === name);
  return found ? found.spec?.controllerName === 'traefik.io/gateway-controller' : /traefik/i.test(name);
}
