import type { HelmChartMetadata, PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { isMap } from '../../interfaces/values.ts';
import { podTemplateOf } from '../../split/kinds/pods.ts';
import { runsOnce, workloadKind } from '../../split/kinds/rows.ts';
import { COLOR_LABEL, type Finding } from '../../split/model.ts';
import { pack } from '../../split/part/pack.ts';
import { describe } from '../kube/names.ts';
import { RELEASE_NAME } from './marks.ts';

/** On the chart of the release that records what kubectl had made. */
const KUBECTL_ANNOTATION = 'todo-deploy.dev/made-by';

export const isClaim = ({ chart }: PartChart): boolean => chart.annotations?.[KUBECTL_ANNOTATION] === 'kubectl';

/** Marks of programs that would change an object back. */
const CARETAKERS: Readonly<Record<string, string>> = {
  'argocd.argoproj.io/instance': 'Argo CD',
  'argocd.argoproj.io/tracking-id': 'Argo CD',
  'kustomize.toolkit.fluxcd.io/name': 'Flux',
  'helm.toolkit.fluxcd.io/name': 'Flux',
};

/** Pure: of the chart's objects those that live and that Helm does not know; none where no workload is among them: then it is no app. */
export function claimable(live: readonly KubernetesObject[]): KubernetesObject[] {
  const unmarked = live.filter(
    ({ metadata }) => metadata.annotations?.[RELEASE_NAME] === undefined && metadata.labels?.[COLOR_LABEL] === undefined,
  );
  return unmarked.some((object) => workloadKind(object) !== undefined) ? unmarked : [];
}

/** Pure: objects that someone else looks after. */
export function claimRefusals(live: readonly KubernetesObject[], release: string): Finding[] {
  return live.flatMap((object) => {
    const { annotations, labels, ownerReferences } = object.metadata;
    const other = annotations?.[RELEASE_NAME];
    if (other !== undefined && other !== release) {
      return finding(object, `belongs to the Helm release "${other}"`, `Deploy under that name (release: ${other}), or rename it.`);
    }
    const owner = ownerReferences?.find(({ controller }) => controller);
    if (owner) return finding(object, `is made by ${owner.kind}/${owner.name}, which would change it back`, 'Take it out of the chart.');
    const caretaker = Object.entries(CARETAKERS).find(([mark]) => annotations?.[mark] !== undefined || labels?.[mark] !== undefined)?.[1];
    if (!caretaker) return [];
    const how = `Take it out of ${caretaker} first without deleting it, and remove its marks.`;
    return finding(object, `is looked after by ${caretaker}, which would change it back`, how);
  });
}

const finding = (object: KubernetesObject, message: string, hint: string): Finding[] => [{ object: describe(object), message, hint }];

/** Pure: the chart that Helm records what lives as, so that it can be had back: applied, it changes nothing. */
export const claimPart = (chart: HelmChartMetadata, live: readonly KubernetesObject[]): PartChart =>
  pack(
    { ...chart, annotations: { [KUBECTL_ANNOTATION]: 'kubectl' } },
    live.map((object) => ({ object, name: object.metadata.name })),
  );

const SERVERS = [
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
  'selfLink',
  'deletionTimestamp',
];
const CONTROLLERS = ['deployment.kubernetes.io/revision', 'kubectl.kubernetes.io/last-applied-configuration'];

/** Pure: a live object as it would be applied: without what the API server and controllers write. */
export function asApplied(live: KubernetesObject): KubernetesObject {
  const { status: _, ...object } = withoutNull(live) as KubernetesObject;
  const annotations = without(object.metadata.annotations ?? {}, CONTROLLERS);
  const metadata = { ...without(object.metadata, SERVERS), annotations } as KubernetesObject['metadata'];
  const applied = { ...object, metadata } as KubernetesObject;
  const chosen = CHOSEN[applied.kind];
  if (chosen) return { ...applied, spec: without(applied.spec as object, chosen) };
  return runsOnce(applied) ? asJob(applied) : applied;
}

/** What the cluster chooses once and for all: Helm must not own it, since letting go of it would be a change. */
const CHOSEN: Readonly<Record<string, readonly string[]>> = {
  Service: ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'],
  PersistentVolumeClaim: ['volumeName', 'volumeMode', 'storageClassName'],
};

const JOB_LABELS = ['controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name'];

/** Its selector is the API server's own. */
function asJob(job: KubernetesObject): KubernetesObject {
  const { selector: _, ...spec } = job.spec as Record<string, unknown>;
  const template = podTemplateOf(job);
  const metadata = { ...template?.metadata, labels: without(template?.metadata?.labels ?? {}, JOB_LABELS) };
  return { ...job, spec: { ...spec, template: { ...template, metadata } } };
}

const without = (map: object, keys: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));

function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, one]) => (one === null ? [] : [[key, withoutNull(one)]])));
}
