import { GATEWAY, type Gateway, type Listener, type ParentRef, ROUTES, type Route } from '../../interfaces/gateway.ts';
import { isA, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import { matchesSelector } from '../sort/selectors.ts';
import { commonHost } from './hosts.ts';

/** In the Gateway API's own words. */
export type NotAttached = 'NoMatchingParent' | 'NotAllowedByListeners' | 'NoMatchingListenerHostname';

/** A listener that takes a route, and for which hosts: of the route, narrowed by the listener; none stands for every host. */
export interface Attached {
  listener: Listener;
  hosts: string[];
}

export interface Around {
  /** Of objects that name none. */
  namespace: string;
  /** Labels of the route's namespace, where they are known. */
  labels?: Readonly<Record<string, string>> | undefined;
}

const GROUP = 'gateway.networking.k8s.io';

export const isRoute = (object: KubernetesObject): object is Route => ROUTES.some(({ ref }) => isA(object, ref));
export const isGateway = (object: KubernetesObject): object is Gateway => isA(object, GATEWAY);

/** The Gateways that a route names. What else may be a parent (a Service, in a mesh) is no front door. */
export const parentsOf = ({ spec }: Route): ParentRef[] =>
  (spec?.parentRefs ?? []).filter(({ group = GROUP, kind = 'Gateway' }) => group === GROUP && kind === 'Gateway');

/** `namespace/name` of the Gateway that a route names. */
export const parentKey = (route: Route, ref: ParentRef, { namespace }: Around): string =>
  `${ref.namespace ?? route.metadata.namespace ?? namespace}/${ref.name}`;

export const gatewayKey = ({ metadata }: Gateway, { namespace }: Around): string => `${metadata.namespace ?? namespace}/${metadata.name}`;

/** Pure: the listeners of a Gateway that take a route, or why none does. What is not known (a namespace's labels) is taken as fitting. */
export function attach(route: Route, ref: ParentRef, gateway: Gateway, around: Around): Attached[] | NotAttached {
  const named = (gateway.spec?.listeners ?? []).filter(
    ({ name, port }) => (ref.sectionName ?? name) === name && (ref.port === undefined || ref.port === port),
  );
  if (named.length === 0) return 'NoMatchingParent';
  const allowed = named.filter((listener) => allows(listener, route, gateway, around));
  if (allowed.length === 0) return 'NotAllowedByListeners';
  const attached = allowed.flatMap((listener) => {
    const hosts = hostsAt(listener, route);
    return hosts === undefined ? [] : [{ listener, hosts }];
  });
  return attached.length === 0 ? 'NoMatchingListenerHostname' : attached;
}

function allows({ protocol, allowedRoutes }: Listener, route: Route, gateway: Gateway, around: Around): boolean {
  const kinds = allowedRoutes?.kinds ?? [];
  if (kinds.length > 0 && !kinds.some(({ group = GROUP, kind }) => group === GROUP && kind === route.kind)) return false;
  if (!['HTTP', 'HTTPS'].includes(protocol)) return false;
  const { from = 'Same', selector } = allowedRoutes?.namespaces ?? {};
  if (from === 'All') return true;
  if (from === 'Same') return (route.metadata.namespace ?? around.namespace) === (gateway.metadata.namespace ?? around.namespace);
  if (from !== 'Selector' || around.labels === undefined) return from === 'Selector';
  return matchesSelector(selector, around.labels);
}

/** undefined where it has none in common with the listener. */
function hostsAt({ hostname }: Listener, { spec }: Route): string[] | undefined {
  const own = spec?.hostnames ?? [];
  if (own.length === 0) return hostname === undefined || hostname === '' ? [] : [hostname];
  const hosts = own.flatMap((host) => commonHost(host, hostname || undefined) ?? []);
  return hosts.length === 0 ? undefined : hosts;
}
