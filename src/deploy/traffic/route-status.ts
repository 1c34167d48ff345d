import { ROUTES, type Route } from '../../interfaces/gateway.ts';
import { isA, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import { isRoute, parentsOf } from '../../split/gateway/attach.ts';
import type { RouteProblem } from '../../split/gateway/words.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { describe } from '../kube/names.ts';
import { type View, watchUntil } from '../kube/watch.ts';
import type { Plan, Run } from '../run/run.ts';
import { type RouteVerdict, routeStatusText, routeVerdict } from './route-verdict.ts';

/** A controller that has just seen a route may not have seen yet what belongs to it: its refusal has to last. */
const GRACE_MS = 3_000;
/** A controller that has said nothing by then is not waited for. */
const LIMIT_MS = 15_000;

/** What is known of the version's routes as they live, by title: before it changes anything, and from step to step. */
export type RoutesBefore = ReadonlyMap<string, { generation: number | undefined; verdict: RouteVerdict }>;

/** Pure: the routes to Gateways in the app's namespace, as the chart has them. */
export function ownRoutes(objects: readonly KubernetesObject[], namespace: string): Route[] {
  const here = ({ metadata }: Route) => (metadata.namespace ?? namespace) === namespace;
  return objects.filter(isRoute).filter((route) => here(route) && parentsOf(route).length > 0);
}

export async function routesBefore(run: Pick<Run, 'kubernetes'>, plan: Plan): Promise<RoutesBefore> {
  const live = await liveRoutes(run, plan);
  return new Map(live.map((route) => [describe(route), { generation: route.metadata.generation, verdict: routeVerdict(route) }]));
}

async function liveRoutes({ kubernetes }: Pick<Run, 'kubernetes'>, plan: Plan): Promise<Route[]> {
  const found = await Promise.all(
    ownRoutes(plan.split.baseObjects, kubernetes.namespace).map(async ({ apiVersion, kind, metadata: { name } }) =>
      // The chart may bring the kind's definition.
      (await kubernetes.resource({ apiVersion, kind })) ? await kubernetes.get<Route>({ apiVersion, kind, name }) : undefined,
    ),
  );
  return found.filter((route) => route !== undefined);
}

/**
 * Waits for what the Gateways' controllers say of routes that this run has made or changed, and of those that they took before it. `resolved`:
 * what they lead to has to be found, too; it may not be there before the switch. A rollback is not held up. Errors: `StepFailure`
 * (route-not-accepted, route-unresolved) once a refusal has lasted. Returns what is known of them from here on: who has said nothing is not
 * waited for again.
 */
export async function requireRoutesTaken(
  run: Run,
  plan: Plan,
  before: RoutesBefore,
  { resolved }: { resolved: boolean },
): Promise<RoutesBefore> {
  // What waits for the switch is not there yet.
  const live = plan.rollback ? [] : await liveRoutes(run, plan);
  if (live.length === 0) return before;
  const refusedSince = new Map<string, number>();
  const deadline = run.clock.now() + LIMIT_MS;
  const states = await watchUntil<RouteState[]>({
    ...run,
    watch: ROUTES.filter(({ ref }) => live.some((route) => isA(route, ref))).map(({ ref }) => ({ kind: ref })),
    limitMs: LIMIT_MS,
    waitingFor: `what the Gateways say of ${live.map(describe).join(', ')}`,
    judge: (view, now) => {
      const seen = live.flatMap((route) => stateOf(view, route, before, resolved));
      const refused = seen.filter(isRefused).map(({ route }) => describe(route));
      for (const title of refusedSince.keys()) if (!refused.includes(title)) refusedSince.delete(title);
      for (const title of refused) refusedSince.set(title, refusedSince.get(title) ?? now);
      const certain = refused.some((title) => now - (refusedSince.get(title) ?? now) >= GRACE_MS);
      return certain || now >= deadline || seen.every(({ verdict }) => verdict === 'taken') ? seen : undefined;
    },
  });
  const [refused] = states.filter(isRefused);
  if (refused) {
    const { reason, object, message, hint } = refused.verdict;
    const evidence = [{ title: `Status of ${object}`, text: routeStatusText(refused.route) }];
    throw new StepFailure(reason, `${object}: ${message}`, { hint, evidence });
  }
  sayUnknown(run, states);
  return new Map([
    ...before,
    ...states.map(({ route, verdict }) => [describe(route), { generation: route.metadata.generation, verdict }] as const),
  ]);
}

function sayUnknown({ log, report }: Run, states: readonly RouteState[]): void {
  const unknown = states.filter(({ verdict }) => verdict === 'unknown').map(({ route }) => describe(route));
  if (unknown.length === 0) return;
  const message = `Unknown whether users are led in by ${unknown.join(', ')}: no Gateway has said so within ${LIMIT_MS / 1_000} s. Is its controller running?`;
  log.warning(message);
  report.notes.push(message);
}

interface RouteState {
  route: Route;
  verdict: RouteVerdict;
}

const isRefused = (state: RouteState): state is RouteState & { verdict: RouteProblem } => typeof state.verdict !== 'string';

/** None for what was no way in before, and has not been changed. */
function stateOf(view: View, live: Route, before: RoutesBefore, resolved: boolean): RouteState[] {
  const route = view.get<Route>(live, live.metadata.name);
  if (!route) return [{ route: live, verdict: 'unknown' }];
  const was = before.get(describe(route));
  if (was && was.generation === route.metadata.generation && was.verdict !== 'taken') return [];
  const verdict = routeVerdict(route);
  const early = !resolved && typeof verdict !== 'string' && verdict.reason === 'route-unresolved';
  return [{ route, verdict: early ? 'taken' : verdict }];
}
