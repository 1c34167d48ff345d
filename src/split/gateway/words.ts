import type { Reason } from '../../interfaces/reasons.ts';
import type { Finding } from '../model.ts';

/** Why a route leads nobody to the app. */
export interface RouteProblem extends Finding {
  reason: Reason & ('gateway-missing' | 'route-not-accepted' | 'route-unresolved');
}

/** What to do about a condition of a route that is False, by its reason. Reasons of a controller's own have none. */
export const ROUTE_HINTS: Readonly<Record<string, string>> = {
  NotAllowedByListeners:
    "Let a listener of the Gateway take this kind of route from this namespace: allowedRoutes: {namespaces: {from: All}}, or a selector for the namespace's labels.",
  NoMatchingListenerHostname: 'Give the route a host that a listener of the Gateway has, or the Gateway a listener for it.',
  NoMatchingParent: "Correct sectionName and port of the route's parentRef: they have to be those of a listener of the Gateway.",
  BackendNotFound: "Correct the route's backendRefs: name and port have to be those of a Service.",
  RefNotPermitted: "Allow it with a ReferenceGrant in the namespace of the Service, or name a Service of the route's own namespace.",
  InvalidKind: "Correct the route's backendRefs: the Gateway's controller does not serve this kind.",
  UnsupportedProtocol: "Correct appProtocol of the Service's port: the Gateway's controller does not speak it.",
};
