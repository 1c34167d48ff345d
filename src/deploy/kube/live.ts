import type { Kubernetes, KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Service, Workload } from '../../interfaces/objects.ts';
import { uncoloredName } from '../../split/index.ts';
import { podLabelsOf } from '../../split/kinds/pods.ts';
import { SCALED, WORKLOADS } from '../../split/kinds/rows.ts';
import { APP_LABEL, COLOR_LABEL, type Color, type ServicePort } from '../../split/model.ts';
import { colorObjects } from './kinds.ts';
import { POD, SERVICE, selectedColor, selects } from './names.ts';
import { isReady } from './pods.ts';

/** A stable Service as it is in the cluster now. */
export interface LiveService {
  name: string;
  selector: Record<string, string> | null;
  /** undefined: selects nothing yet, or (before the product came) the chart's own pods. */
  color: Color | undefined;
  ports: ServicePort[];
  resourceVersion: string;
}

export const RELEASE_NAME = 'meta.helm.sh/release-name';
const isColorService = (service: KubernetesObject) => service.metadata.labels?.[COLOR_LABEL] !== undefined;

function toLiveService(service: Service): LiveService {
  return {
    name: service.metadata.name,
    selector: service.spec?.selector ?? null,
    color: selectedColor(service.spec?.selector),
    ports: service.spec?.ports ?? [],
    resourceVersion: service.metadata.resourceVersion ?? '',
  };
}

/** The app's Services in the cluster that select a color. */
export async function liveStableServices(kubernetes: Kubernetes, release: string): Promise<LiveService[]> {
  return stableServices((await kubernetes.list(SERVICE)).items, release);
}

/** Pure: of the namespace's Services, those of the app that select a color. */
export function stableServices(services: readonly Service[], release: string): LiveService[] {
  return services.filter((service) => isStable(service, release)).map(toLiveService);
}

/** Pure: whether a Service is the app's, and selects a color. */
export const isStable = (service: Service, release: string): boolean =>
  service.metadata.annotations?.[RELEASE_NAME] === release &&
  !isColorService(service) &&
  selectedColor(service.spec?.selector) !== undefined;

/**
 * Pure: the color that all of them select; `mixed` where they differ. One that the version which serves does not have is about to go: it does
 * not count beside that version's own.
 */
export function activeOf(
  services: readonly LiveService[],
  serving?: { readonly color: Color; readonly services: readonly string[] },
): Color | 'mixed' | undefined {
  const colors = new Set(services.map((service) => service.color));
  if (colors.size <= 1) return [...colors][0];
  const own = services.filter(({ name }) => serving?.services.includes(name));
  return serving && own.length > 0 && own.every(({ color }) => color === serving.color) ? serving.color : 'mixed';
}

/** A color's workloads that count replicas, by their name without the color. */
export async function colorWorkloads(kubernetes: Kubernetes, release: string, color: Color): Promise<Map<string, Workload>> {
  const lists = await Promise.all(SCALED.map((kind) => colorObjects(kubernetes, release, color, kind)));
  return new Map(lists.flat().map((object) => [uncoloredName(object, color), object]));
}

/** Whether a color has no workload at all. A schedule alone may be all of it. */
export async function nothingLeft(kubernetes: Kubernetes, release: string, color: Color): Promise<boolean> {
  const lists = await Promise.all(WORKLOADS.map((kind) => colorObjects(kubernetes, release, color, kind)));
  return lists.every((objects) => objects.length === 0);
}

/**
 * Whether nothing is left of a color that was deployed: no workload that one of its stable Services leads to, nor a pod; where it has no
 * Service, no workload at all.
 */
export async function isGone(kubernetes: Kubernetes, release: string, color: Color, services: readonly LiveService[]): Promise<boolean> {
  if (services.length === 0) return nothingLeft(kubernetes, release, color);
  const lists = await Promise.all(WORKLOADS.map((kind) => colorObjects(kubernetes, release, color, kind)));
  const leadsTo = (labels: Readonly<Record<string, string>> | undefined): boolean =>
    services.some(({ selector }) => selects({ ...selector, [COLOR_LABEL]: color }, labels));
  if (lists.flat().some((workload) => leadsTo(podLabelsOf(workload)))) return false;
  const { items: pods } = await kubernetes.list(POD, { labelSelector: `${COLOR_LABEL}=${color}` });
  return !pods.some((pod) => isReady(pod) && leadsTo(pod.metadata.labels));
}

/**
 * Every Service of the namespace, ours or not, that would send traffic to this color's pods: it must be none before the color is
 * scaled down or deleted. Color Services do not count: nobody but their own color and the checks use them.
 */
export async function servicesOn(kubernetes: Kubernetes, release: string, color: Color): Promise<string[]> {
  const [{ items: services }, { items: pods }, workloads] = await Promise.all([
    kubernetes.list(SERVICE),
    kubernetes.list(POD, { labelSelector: `${COLOR_LABEL}=${color}` }),
    colorWorkloads(kubernetes, release, color),
  ]);
  const templates = [...workloads.values()].map(podLabelsOf);
  const owned = pods.filter((pod) => templates.some((labels) => selects(labels, pod.metadata.labels)));
  const labels = [...templates, ...owned.map((pod) => pod.metadata.labels ?? {})];
  return services
    .filter((service) => !isColorService(service) && selectedColor(service.spec?.selector) === color)
    .filter(
      (service) => service.metadata.annotations?.[RELEASE_NAME] === release || labels.some((own) => selects(service.spec?.selector, own)),
    )
    .map((service) => service.metadata.name);
}

/** Labels of everything the product applies for an app. */
export const ownLabels = (release: string, color?: Color): Record<string, string> => ({
  [APP_LABEL]: release,
  ...(color && { [COLOR_LABEL]: color }),
});
