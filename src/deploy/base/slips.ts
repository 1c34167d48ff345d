import { isA, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Service } from '../../interfaces/objects.ts';
import { uncoloredName } from '../../split/index.ts';
import { annotationOf } from '../../split/kinds/objects.ts';
import { isLongRunning, podLabelsOf, podTemplateOf, servingContainersOf } from '../../split/kinds/pods.ts';
import { COLOR_LABEL, type Finding, PART_ANNOTATION, type ServicePlan, type SplitResult } from '../../split/model.ts';
import type { LiveService } from '../kube/live.ts';
import { describe, SERVICE, selects } from '../kube/names.ts';

type Parts = Pick<SplitResult, 'services' | 'baseObjects' | 'colorObjects'>;

/**
 * Pure: Services that led to a color and would lead to no pod any more, because a port or a label of this version is called otherwise. One
 * that leads to shared pods now, or to something else on purpose, is no slip.
 */
export function slips(stable: readonly LiveService[], { services, baseObjects, colorObjects }: Parts): Finding[] {
  const own = new Set(services.map(({ name }) => name));
  const colored = colorObjects.filter(isLongRunning);
  const shared = baseObjects.filter(isLongRunning);
  return stable.flatMap(({ name }) => {
    const service = baseObjects.find((object): object is Service => isA(object, SERVICE) && object.metadata.name === name);
    const selector = service?.spec?.selector;
    if (own.has(name) || !service || !selector || annotationOf(service, PART_ANNOTATION) === 'base') return [];
    if (shared.some((workload) => selects(selector, podLabelsOf(workload)))) return [];
    return {
      object: describe(service),
      message: `leads to the version that serves, and would lead to no pod of this one: ${whyNot(service, selector, colored)}`,
      hint: `Correct the name. If the Service is no longer meant to lead to this app, annotate it with ${PART_ANNOTATION}: base.`,
    };
  });
}

/** Pure: pods that are kept warm bear the labels of a Service that both versions are to share from now on: it would lead to them, too. */
export function warmRefusals(given: readonly ServicePlan[], keepOld: string): Finding[] {
  if (keepOld !== 'warm') return [];
  return given.map(({ name }) => ({
    object: `Service/${name}`,
    message: 'leads to pods that both versions share from now on, and would lead to those of the old version as well while they are kept',
    hint: 'Set keep-old: zero for this deploy.',
  }));
}

function whyNot(service: Service, selector: Record<string, string>, workloads: readonly KubernetesObject[]): string {
  const selected = workloads.find((workload) => selects(selector, podLabelsOf(workload)));
  if (selected) return portsThatDiffer(service, selected);
  const differing = (workload: KubernetesObject) => Object.entries(selector).filter(([key, value]) => podLabelsOf(workload)[key] !== value);
  const [nearest] = workloads.toSorted((one, other) => differing(one).length - differing(other).length);
  if (!nearest) return 'the chart has no Deployment';
  const labels = differing(nearest).map(([key, value]) => {
    const { [key]: has } = podLabelsOf(nearest);
    return `${key}=${value}, but the pods of ${withoutColorOf(nearest)} have ${has === undefined ? 'no such label' : `${key}=${has}`}`;
  });
  return `it selects ${labels.join('; ')}`;
}

function portsThatDiffer(service: Service, workload: KubernetesObject): string {
  const containers = servingContainersOf(podTemplateOf(workload)?.spec);
  const offered = containers.flatMap(({ ports = [] }) => ports.map(({ name, containerPort }) => name ?? String(containerPort)));
  const wanted = (service.spec?.ports ?? []).map(({ port, targetPort }) => `"${targetPort ?? port}"`);
  return `its target port ${wanted.join(', ')} is no port of ${withoutColorOf(workload)}, which has ${offered.join(', ') || 'none'}`;
}

function withoutColorOf(workload: KubernetesObject): string {
  const color = workload.metadata.labels?.[COLOR_LABEL];
  return color === undefined ? describe(workload) : `${workload.kind}/${uncoloredName(workload, color)}`;
}
