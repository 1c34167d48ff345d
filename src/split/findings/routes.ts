import type { Gateway, GatewayClass, ParentRef, Route } from '../../interfaces/gateway.ts';
import { type Around, attach, gatewayKey, type NotAttached, parentKey, parentsOf } from '../gateway/attach.ts';
import { type Backend, backendsOf } from '../gateway/backends.ts';
import { ROUTE_HINTS, type RouteProblem } from '../gateway/words.ts';
import { titleOf } from '../kinds/objects.ts';

/** What a version's routes meet, as far as it is known. */
export interface RouteSurroundings extends Around {
  gateways: readonly Gateway[];
  classes: readonly GatewayClass[];
  /** What the cluster was asked for and does not have: `namespace/name` of Gateways, names of classes. */
  missing: { gateways: ReadonlySet<string>; classes: ReadonlySet<string> };
  /** Ports of the Services in the app's namespace, by name: the chart's and those that live. */
  services: ReadonlyMap<string, readonly number[]>;
}

/** `refused`: nobody would be led by the route, or by one of its rules. */
export interface RouteFindings {
  refused: RouteProblem[];
  warnings: RouteProblem[];
}

/** Pure: what keeps a version's routes from leading users to it, before it is applied. What is not known is no finding. */
export function routeFindings(routes: readonly Route[], around: RouteSurroundings): RouteFindings {
  const all = routes.flatMap((route) => [parentFindings(route, around), backendFindings(route, around)]);
  return { refused: all.flatMap(({ refused }) => refused), warnings: all.flatMap(({ warnings }) => warnings) };
}

/** One Gateway that takes it is enough. */
function parentFindings(route: Route, around: RouteSurroundings): RouteFindings {
  const problems = parentsOf(route).map((ref) => parentProblem(route, ref, around));
  const found = problems.filter((problem) => problem !== undefined);
  const taken = found.length < problems.length;
  return taken ? { refused: [], warnings: found } : { refused: found.slice(0, 1), warnings: found.slice(1) };
}

function parentProblem(route: Route, ref: ParentRef, around: RouteSurroundings): RouteProblem | undefined {
  const key = parentKey(route, ref, around);
  const object = titleOf(route);
  const gateway = around.gateways.find((one) => gatewayKey(one, around) === key);
  if (gateway === undefined) return around.missing.gateways.has(key) ? missingGateway(object, key) : undefined;
  const name = gateway.spec?.gatewayClassName ?? '';
  if (around.missing.classes.has(name)) {
    return {
      object,
      reason: 'gateway-missing',
      message: `Gateway ${key} is of the GatewayClass ${name}, which does not exist: nothing serves it`,
      hint: `Install the controller of that class, or name another one: kubectl get gatewayclasses`,
    };
  }
  const attached = attach(route, ref, gateway, around);
  return typeof attached === 'string' ? notAttached(route, ref, key, attached, around) : undefined;
}

const missingGateway = (object: string, key: string): RouteProblem => ({
  object,
  reason: 'gateway-missing',
  message: `leads users in by Gateway ${key}, which does not exist`,
  hint: "Create it, or correct the route's parentRefs: kubectl get gateways --all-namespaces",
});

function notAttached(route: Route, ref: ParentRef, key: string, why: NotAttached, { namespace }: Around): RouteProblem {
  const named = [ref.sectionName && `sectionName ${ref.sectionName}`, ref.port && `port ${ref.port}`].filter(Boolean).join(', ');
  const texts: Readonly<Record<NotAttached, string>> = {
    NoMatchingParent: `no listener of Gateway ${key} has ${named || 'any name'}`,
    NotAllowedByListeners: `no listener of Gateway ${key} takes ${route.kind}s of namespace ${route.metadata.namespace ?? namespace}`,
    NoMatchingListenerHostname: `no listener of Gateway ${key} serves ${(route.spec?.hostnames ?? []).join(', ')}`,
  };
  return { object: titleOf(route), reason: 'route-not-accepted', message: `${texts[why]} (${why})`, hint: ROUTE_HINTS[why] };
}

/** Requests of a rule fail where none of its backends is there; where some are not, or only copies go there, it is worth a word. */
function backendFindings(route: Route, around: RouteSurroundings): RouteFindings {
  const all = backendsOf(route);
  const refused: RouteProblem[] = [];
  const warnings: RouteProblem[] = [];
  for (const [rule] of (route.spec?.rules ?? []).entries()) {
    const backends = all.filter((one) => one.rule === rule);
    const problems = backends.map((backend) => ({ backend, problem: backendProblem(route, backend, around) }));
    const serves = problems.some(({ backend, problem }) => !backend.mirror && problem === undefined);
    for (const { backend, problem } of problems) if (problem) (serves || backend.mirror ? warnings : refused).push(problem);
  }
  return { refused, warnings };
}

function backendProblem(route: Route, { name, namespace, port }: Backend, around: RouteSurroundings): RouteProblem | undefined {
  const here = route.metadata.namespace ?? around.namespace;
  if ((namespace ?? here) !== around.namespace) return undefined;
  const ports = around.services.get(name);
  const object = titleOf(route);
  const hint = ROUTE_HINTS.BackendNotFound;
  if (ports === undefined) {
    return {
      object,
      reason: 'route-unresolved',
      message: `leads to Service ${name}, which is neither in the chart nor in the namespace`,
      hint,
    };
  }
  if (port === undefined) return { object, reason: 'route-unresolved', message: `leads to Service ${name} without a port`, hint };
  return ports.includes(port)
    ? undefined
    : {
        object,
        reason: 'route-unresolved',
        message: `leads to port ${port} of Service ${name}, which has ${ports.join(', ') || 'none'}`,
        hint,
      };
}
