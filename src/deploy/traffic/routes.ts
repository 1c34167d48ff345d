import type { Clock } from '../../interfaces/clock.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { EndpointSlice, Pod } from '../../interfaces/objects.ts';
import { COLOR_LABEL, type ServicePort } from '../../split/model.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { ENDPOINT_SLICE, POD, SERVICE, selects } from '../kube/names.ts';
import { isReady } from '../kube/pods.ts';
import { isOfPort, targetPort } from '../kube/service-ports.ts';
import { type View, watchUntil } from '../kube/watch.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
type Endpoint = EndpointSlice['endpoints'][number];

/** A Service, and the pods that must be behind it. */
export interface Route {
  service: string;
  selector: Record<string, string>;
}

const isServed = ({ conditions }: Endpoint): boolean => conditions?.ready !== false && conditions?.terminating !== true;

/** Pure: pod names behind a Service that take traffic, in the slices that hold one of its ports, or in all of them. */
function endpointPods(slices: readonly EndpointSlice[], port?: ServicePort): Set<string> {
  const names = slices
    .filter((slice) => port === undefined || slice.ports?.some((one) => isOfPort(one, port)))
    .flatMap((slice) => slice.endpoints ?? [])
    .filter(isServed)
    .flatMap((endpoint) => endpoint.targetRef?.name ?? endpoint.addresses[0] ?? []);
  return new Set(names);
}

/**
 * Pure: undefined when the Service's endpoints are exactly the ready pods its selector names, each with every port of the Service that it
 * has, and there is at least one.
 */
export function routeProblem(view: Pick<View, 'all' | 'get'>, route: Route): string | undefined {
  const pods = view.all(POD).filter((pod) => selects(route.selector, pod.metadata.labels) && isReady(pod));
  const service = view.get(SERVICE, route.service);
  if (!service) return `Service ${route.service}: not there`;
  if (pods.length === 0) return `Service ${route.service}: no ready pod`;
  const slices = view.all(ENDPOINT_SLICE).filter((slice) => slice.metadata.labels?.[SERVICE_NAME] === route.service);
  const seen = endpointPods(slices);
  const wanted = new Set(pods.map((pod) => pod.metadata.name));
  const missing = [...wanted].filter((name) => !seen.has(name));
  const foreign = [...seen].filter((name) => !wanted.has(name));
  const parts = [missing.length > 0 ? `lacks ${missing.join(', ')}` : '', foreign.length > 0 ? `still has ${foreign.join(', ')}` : ''];
  const problems = parts.filter(Boolean);
  if (problems.length === 0) problems.push(...(service.spec?.ports ?? []).flatMap((port) => portProblem(port, pods, slices) ?? []));
  return problems.length > 0 ? `Service ${route.service} ${problems.join(' and ')}` : undefined;
}

function portProblem(port: ServicePort, pods: readonly Pod[], slices: readonly EndpointSlice[]): string | undefined {
  const seen = endpointPods(slices, port);
  const missing = pods.filter((pod) => targetPort(port, pod) !== undefined && !seen.has(pod.metadata.name));
  return missing.length > 0 ? `lacks port ${port.name ?? port.port} of ${missing.map((pod) => pod.metadata.name).join(', ')}` : undefined;
}

/** Watches until every route leads to exactly its ready pods. Errors: `StepFailure` (switch-failed) at the limit. */
export async function proveRoutes(
  routes: readonly Route[],
  deps: { kubernetes: Kubernetes; clock: Clock },
  options: { signal: AbortSignal; limitMs: number },
): Promise<void> {
  if (routes.length === 0) return;
  const colors = new Set(routes.map(({ selector }) => selector[COLOR_LABEL]));
  const color = colors.size === 1 ? [...colors][0] : undefined;
  await watchUntil({
    ...deps,
    signal: options.signal,
    limitMs: options.limitMs,
    watch: [{ kind: POD, options: { labelSelector: color && `${COLOR_LABEL}=${color}` } }, { kind: ENDPOINT_SLICE }, { kind: SERVICE }],
    waitingFor: `the endpoints of ${routes.map((route) => route.service).join(', ')}`,
    judge: (view) => (routes.every((route) => routeProblem(view, route) === undefined) ? true : undefined),
    onLimit: (view) =>
      new StepFailure('switch-failed', `Endpoints did not follow within ${options.limitMs / 1000} s: ${problems(view, routes)}`, {
        hint: 'Is the EndpointSlice controller (kube-controller-manager) running?',
      }),
  });
}

const problems = (view: View, routes: readonly Route[]): string => routes.flatMap((route) => routeProblem(view, route) ?? []).join('; ');
