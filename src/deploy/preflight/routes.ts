import type { Gateway, Route } from '../../interfaces/gateway.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { type RouteFindings, routeFindings } from '../../split/findings/routes.ts';
import { isGateway } from '../../split/gateway/attach.ts';
import type { RouteProblem } from '../../split/gateway/words.ts';
import { serviceSpec } from '../../split/kinds/fields.ts';
import { kindOf } from '../../split/kinds/objects.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { describe, NAMESPACE, SERVICE } from '../kube/names.ts';
import { ifReadable } from '../run/optional-read.ts';
import type { Plan, Run } from '../run/run.ts';
import { ownRoutes, routesBefore } from '../traffic/route-status.ts';
import { liveGateways } from './gateways.ts';

type Deps = Pick<Run, 'kubernetes' | 'report' | 'log'>;
type Reader = Pick<Run, 'kubernetes' | 'report'>;

/**
 * Whether the Gateways take the version's routes, and these lead to Services that are there. Errors: `StepFailure` (gateway-missing,
 * route-not-accepted, route-unresolved), with all of them. A rollback is only warned: nobody is kept from going back.
 */
export async function requireRoutes(run: Deps, plan: Plan): Promise<void> {
  const { kubernetes } = run;
  const routes = ownRoutes(plan.split.baseObjects, kubernetes.namespace);
  if (routes.length === 0) return;
  sayUnchecked(run, routes);
  const { refused, warnings } = await examineRoutes(run, plan.split.baseObjects);
  // What was refused before this run is said, and in no one's way: it may be what this run mends.
  const already = [...(await routesBefore(run, plan)).values()].flatMap(({ verdict }) => (typeof verdict === 'string' ? [] : [verdict]));
  const unsaid = already.filter(({ object }) => !refused.some((one) => one.object === object));
  for (const problem of [...warnings, ...unsaid, ...(plan.rollback ? refused : [])]) warn(run, problem);
  const [first] = refused;
  if (first === undefined || plan.rollback) return;
  throw new StepFailure(first.reason, refused.map(textOf).join('; '), { hint: [...new Set(refused.map(({ hint }) => hint))].join(' ') });
}

/** What keeps the routes among what both colors share from leading users in, as far as the account may look: the rest is a note. */
export async function examineRoutes(run: Reader, objects: readonly KubernetesObject[]): Promise<RouteFindings> {
  const { namespace } = run.kubernetes;
  const live = await liveGateways(run, objects);
  const gateways = [...objects.filter(isGateway), ...live.gateways];
  const labels = gateways.some(selectsNamespaces) ? await namespaceLabels(run) : undefined;
  return routeFindings(ownRoutes(objects, namespace), { ...live, namespace, labels, gateways, services: await servicePorts(run, objects) });
}

const textOf = ({ object, message }: RouteProblem): string => `${object}: ${message}`;

/** Once, where a plan is made again. */
function warn({ log, report }: Deps, { object, message, hint }: RouteProblem): void {
  if (report.warnings.some((one) => one.object === object && one.message === message)) return;
  log.warning(`${object}: ${message} (${hint})`);
  report.warnings.push({ object, message, hint });
}

/** A check speaks HTTP. */
function sayUnchecked({ log, report }: Deps, routes: readonly Route[]): void {
  const grpc = routes.filter(({ kind }) => kind === 'GRPCRoute').map(describe);
  if (grpc.length === 0) return;
  const message = `${grpc.join(', ')}: no check goes in by it, since checks speak HTTP and not gRPC. Readiness, checks of Services and helm test decide`;
  if (report.notes.includes(message)) return;
  log.info(message);
  report.notes.push(message);
}

const selectsNamespaces = ({ spec }: Gateway): boolean =>
  (spec?.listeners ?? []).some(({ allowedRoutes }) => allowedRoutes?.namespaces?.from === 'Selector');

async function namespaceLabels(run: Reader): Promise<Record<string, string> | undefined> {
  const { kubernetes } = run;
  const read = async () => (await kubernetes.get({ ...NAMESPACE, name: kubernetes.namespace }))?.metadata.labels;
  return await ifReadable(run, "the namespace's labels, by which a Gateway selects whose routes it takes", read);
}

async function servicePorts({ kubernetes }: Reader, chart: readonly KubernetesObject[]): Promise<Map<string, number[]>> {
  const { items } = await kubernetes.list(SERVICE);
  const own = chart.filter(
    (object) => kindOf(object) === '/Service' && (object.metadata.namespace ?? kubernetes.namespace) === kubernetes.namespace,
  );
  return new Map([...items, ...own].map((object) => [object.metadata.name, (serviceSpec(object).ports ?? []).map(({ port }) => port)]));
}
