import type { Clock } from '../../interfaces/clock.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { EndpointSlice } from '../../interfaces/objects.ts';
import { COLOR_LABEL } from '../../split/model.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { ENDPOINT_SLICE, POD, selects } from '../kube/names.ts';
import { isReady } from '../kube/pods.ts';
import { type View, watchUntil } from '../kube/watch.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';

/** A Service, and the pods that must be behind it. */
export interface Route {
  service: string;
  selector: Record<string, string>;
}

/** Pure: pod names behind a Service that take traffic. */
function endpointPods(slices: readonly EndpointSlice[], service: string): Set<string> {
  const names = slices
    .filter((slice) => slice.metadata.labels?.[SERVICE_NAME] === service)
    .flatMap((slice) => slice.endpoints ?? [])
    .filter((endpoint) => endpoint.conditions?.ready !== false && endpoint.conditions?.terminating !== true)
    .flatMap((endpoint) => endpoint.targetRef?.name ?? endpoint.addresses[0] ?? []);
  return new Set(names);
}

/** Pure: undefined when the Service's endpoints are exactly the ready pods its selector names, and there is at least one. */
export function routeProblem(view: Pick<View, 'all'>, route: Route): string | undefined {
  const wanted = new Set(
    view
      .all(POD)
      .filter((pod) => selects(route.selector, pod.metadata.labels) && isReady(pod))
      .map((pod) => pod.metadata.name),
  );
  const seen = endpointPods(view.all(ENDPOINT_SLICE), route.service);
  if (wanted.size === 0) return `Service ${route.service}: no ready pod`;
  const missing = [...wanted].filter((name) => !seen.has(name));
  const foreign = [...seen].filter((name) => !wanted.has(name));
  if (missing.length === 0 && foreign.length === 0) return undefined;
  const parts = [missing.length > 0 ? `lacks ${missing.join(', ')}` : '', foreign.length > 0 ? `still has ${foreign.join(', ')}` : ''];
  return `Service ${route.service} ${parts.filter(Boolean).join(' and ')}`;
}

/** Watches until every route leads to exactly its ready pods. Errors: `StepFailure` (switch-failed) at the limit. */
export async function proveRoutes(
  routes: readonly Route[],
  deps: { kubernetes: Kubernetes; clock: Clock },
  options: { signal: AbortSignal; limitMs: number },
): Promise<void> {
  if (routes.length === 0) return;
  const color = routes[0]?.selector[COLOR_LABEL];
  await watchUntil({
    ...deps,
    signal: options.signal,
    limitMs: options.limitMs,
    watch: [{ kind: POD, options: { labelSelector: color && `${COLOR_LABEL}=${color}` } }, { kind: ENDPOINT_SLICE }],
    waitingFor: `the endpoints of ${routes.map((route) => route.service).join(', ')}`,
    judge: (view) => (routes.every((route) => routeProblem(view, route) === undefined) ? true : undefined),
    onLimit: (view) =>
      new StepFailure('switch-failed', `Endpoints did not follow within ${options.limitMs / 1000} s: ${problems(view, routes)}`, {
        hint: 'Is the EndpointSlice controller (kube-controller-manager) running?',
      }),
  });
}

const problems = (view: View, routes: readonly Route[]): string => routes.flatMap((route) => routeProblem(view, route) ?? []).join('; ');
