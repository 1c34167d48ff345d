import type { Clock } from '../../interfaces/clock.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Log } from '../../interfaces/log.ts';
import { kubeProxyFollows } from '../kube/kube-proxy.ts';
import type { PlainApp } from '../state/plain.ts';
import { proveRoutes } from './routes.ts';
import { type SeenMove, switchServices } from './selectors.ts';

const FOLLOW_LIMIT_MS = 30_000;
/** Requests that are under way when kube-proxy has followed. */
const UNDER_WAY_MS = 3_000;

interface Deps {
  kubernetes: Kubernetes;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}

/**
 * Moves Services away from plain pods, front doors first, or back to them (`inwards`), front doors last: plain pods find each other by the
 * Services' names, and must not meet a color behind one while users are led to them. Returns with the last stage under way.
 */
export async function switchInStages(
  moves: readonly SeenMove[],
  { services }: PlainApp,
  deps: Deps,
  { inwards = false }: { inwards?: boolean } = {},
): Promise<void> {
  const stageOf = (name: string): number => services.find((service) => service.name === name)?.stage ?? 0;
  const stages = [...new Set(moves.map(({ name }) => stageOf(name)))].sort((a, b) => (inwards ? b - a : a - b));
  for (const [index, stage] of stages.entries()) {
    const now = moves.filter(({ name }) => stageOf(name) === stage);
    await switchServices(now, deps);
    if (index === stages.length - 1) return;
    deps.log.info(`Moved: ${now.map(({ name }) => `Service ${name}`).join(', ')}; the others follow when nobody is led to what calls them`);
    const routes = now.flatMap(({ name, to, asleep }) => (asleep?.to ? [] : [{ service: name, selector: to }]));
    await proveRoutes(routes, deps, { signal: deps.signal, limitMs: FOLLOW_LIMIT_MS });
    await kubeProxyFollows(deps);
    await deps.clock.sleep(UNDER_WAY_MS, deps.signal);
  }
}
