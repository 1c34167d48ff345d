import type { Pod } from '../../interfaces/objects.ts';
import { type Sample, samplesOf } from './metrics.ts';

/** Services of an app, to which a front door leads. */
export interface Led {
  namespace: string;
  services: readonly string[];
}

/** A program that leads users in and counts requests by the Service that they are for. */
interface Door {
  /** Its label `app.kubernetes.io/name`. */
  app: string;
  metric: string;
  isFor(labels: Sample['labels'], led: Led): boolean;
}

const DOORS: readonly Door[] = [
  {
    // https://doc.traefik.io/traefik/reference/install-configuration/observability/metrics/#services-metrics
    app: 'traefik',
    metric: 'traefik_service_requests_total',
    // <namespace>-<Service>-<port>@kubernetes of an Ingress, …crd of an IngressRoute, …gateway of a route of a Gateway.
    isFor: ({ service = '' }, { namespace, services }) =>
      /@kubernetes[a-z]*$/.test(service) && services.some((name) => service.startsWith(`${namespace}-${name}-`)),
  },
  {
    // https://kubernetes.github.io/ingress-nginx/user-guide/monitoring/#request-metrics
    app: 'ingress-nginx',
    metric: 'nginx_ingress_controller_requests',
    isFor: (labels, { namespace, services }) => labels.namespace === namespace && services.includes(labels.service ?? ''),
  },
];

/** Selects the pods of those that are known. */
export const DOOR_SELECTOR = `app.kubernetes.io/name in (${DOORS.map(({ app }) => app).join(',')})`;

/** Pure: where a front door tells its metrics, as its pod says; undefined where it tells none. */
export function metricsOf({ metadata, spec }: Pick<Pod, 'metadata' | 'spec'>): { port: number; path: string } | undefined {
  const ports = (spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  const noted = metadata.annotations?.['prometheus.io/port'] ?? '';
  const port = ports.find(({ name }) => name === 'metrics')?.containerPort ?? (/^\d{1,5}$/.test(noted) ? Number(noted) : undefined);
  const path = metadata.annotations?.['prometheus.io/path'] ?? '/metrics';
  return port === undefined || port > 65_535 ? undefined : { port, path: path.startsWith('/') ? path : '/metrics' };
}

/** Pure: how many requests for these Services a front door of this kind has counted since it started; undefined for a strange program. */
export function requestsFor(app: string | undefined, text: string, led: Led): number | undefined {
  const door = DOORS.find((one) => one.app === app);
  return door && samplesOf(text, door.metric).reduce((sum, { labels, value }) => (door.isFor(labels, led) ? sum + value : sum), 0);
}
