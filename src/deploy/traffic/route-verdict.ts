import type { ParentRef, Route, RouteParentStatus } from '../../interfaces/gateway.ts';
import type { Condition } from '../../interfaces/objects.ts';
import { REASONS } from '../../interfaces/reasons.ts';
import { parentsOf } from '../../split/gateway/attach.ts';
import { ROUTE_HINTS, type RouteProblem } from '../../split/gateway/words.ts';
import { describe } from '../kube/names.ts';

/** What the Gateways' controllers say of a route as it is now; `unknown` as long as they have not said it. */
export type RouteVerdict = 'taken' | 'unknown' | RouteProblem;

/** Pure: of all that a route names, one Gateway that takes it is enough. */
export function routeVerdict(route: Route): RouteVerdict {
  const refs = parentsOf(route);
  const said = (route.status?.parents ?? []).filter(({ parentRef }) => refs.some((ref) => sameParent(ref, parentRef)));
  const verdicts = said.map((parent) => ({ parent, accepted: current(route, parent, 'Accepted') }));
  const taking = verdicts.filter(({ accepted }) => accepted?.status === 'True');
  for (const { parent } of taking) {
    const resolved = current(route, parent, 'ResolvedRefs');
    if (resolved?.status === 'False') return problem('route-unresolved', route, 'what it leads to is not found', resolved);
  }
  if (taking.length > 0) return 'taken';
  const refused = verdicts.find(({ accepted }) => accepted?.status === 'False');
  const all = refs.every((ref) =>
    verdicts.some(({ parent, accepted }) => accepted?.status === 'False' && sameParent(ref, parent.parentRef)),
  );
  if (!refused?.accepted || !all) return 'unknown';
  const { namespace, name } = refused.parent.parentRef;
  const gateway = `Gateway ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  return problem('route-not-accepted', route, `${gateway} does not take it`, refused.accepted);
}

function problem(reason: RouteProblem['reason'], route: Route, what: string, { reason: why = '', message = '' }: Condition): RouteProblem {
  const said = [why, message].filter(Boolean).join(': ');
  return { object: describe(route), reason, message: `${what}${said && ` (${said})`}`, hint: ROUTE_HINTS[why] ?? REASONS[reason].todo };
}

const sameParent = (one: ParentRef, other: ParentRef): boolean =>
  one.name === other.name && one.namespace === other.namespace && one.sectionName === other.sectionName && one.port === other.port;

/** What was said of an older state of the route does not count. */
function current({ metadata }: Route, { conditions = [] }: RouteParentStatus, type: string): Condition | undefined {
  const found = conditions.find((one) => one.type === type);
  return found && (found.observedGeneration ?? metadata.generation ?? 0) >= (metadata.generation ?? 0) ? found : undefined;
}

/** For people: what each controller says of each Gateway. */
export const routeStatusText = (route: Route): string =>
  (route.status?.parents ?? [])
    .map(({ parentRef, controllerName, conditions = [] }) => {
      const lines = conditions.map(
        ({ type, status, reason, message }) => `  ${type}=${status} ${[reason, message].filter(Boolean).join(': ')}`,
      );
      const gateway = [parentRef.namespace, parentRef.name].filter(Boolean).join('/');
      return [
        `Gateway ${gateway}${parentRef.sectionName ? `, listener ${parentRef.sectionName}` : ''} (${controllerName ?? ''})`,
        ...lines,
      ].join('\n');
    })
    .join('\n');
