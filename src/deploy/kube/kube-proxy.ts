import type { Clock } from '../../interfaces/clock.ts';

/** kube-proxy follows endpoints at most once a second: after two of its periods every node does. */
const KUBE_PROXY_MS = 2_000;

/** Waits until every node sends what goes to a Service where its EndpointSlices say; until then a pod may be refused by its own Service. */
export const kubeProxyFollows = ({ clock, signal }: { clock: Clock; signal: AbortSignal }): Promise<void> =>
  clock.sleep(KUBE_PROXY_MS, signal);
