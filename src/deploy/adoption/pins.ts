import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Pod, ReplicaSet, Service } from '../../interfaces/objects.ts';
import { titleOf } from '../../split/kinds/objects.ts';
import { podLabelsOf } from '../../split/kinds/pods.ts';
import type { Finding } from '../../split/model.ts';
import { selects } from '../kube/names.ts';
import type { PlainService } from '../state/plain.ts';

export const HASH = 'pod-template-hash';
/** No pod has it: a Service that leads nowhere keeps leading nowhere. */
const NOBODY = 'none';

interface Behind {
  pods: readonly Pod[];
  replicaSets: readonly ReplicaSet[];
}

/** Pure: the selector that leads to the very pods that serve now, and to none of another version; or why there is none. */
export function pinOf(service: Service, { pods, replicaSets }: Behind, workloads: readonly KubernetesObject[]): PlainService | Finding {
  const { name } = service.metadata;
  const { [HASH]: pinnedBefore, ...selector } = service.spec?.selector ?? {};
  const behind = pods.filter((pod) => selects(service.spec?.selector, pod.metadata.labels) && runs(pod));
  const object = titleOf(service);
  const without = behind.filter((pod) => pod.metadata.labels?.[HASH] === undefined);
  if (without.length > 0) {
    return {
      object,
      message: `leads to ${namesOf(without)}, which no Deployment made: it cannot be pinned to them while the new version comes up`,
      hint: 'Give its selector a label that only the pods of the Deployment have.',
    };
  }
  const hashes = new Set(behind.flatMap((pod) => pod.metadata.labels?.[HASH] ?? []));
  if (hashes.size > 1) {
    return {
      object,
      message: `leads to pods of ${hashes.size} versions or Deployments: ${namesOf(behind)}`,
      hint: 'Wait until the rollout has ended (kubectl rollout status), or give its selector a label that only one Deployment has.',
    };
  }
  const hash = [...hashes][0] ?? pinnedBefore ?? newestHash(service, replicaSets, workloads) ?? NOBODY;
  return { name, selector, pinned: { ...selector, [HASH]: hash } };
}

const runs = ({ metadata, status }: Pod): boolean => !metadata.deletionTimestamp && !['Succeeded', 'Failed'].includes(status?.phase ?? '');

const namesOf = (pods: readonly Pod[]): string => pods.map(({ metadata }) => `Pod/${metadata.name}`).join(', ');

/** A workload without pods will start those of its newest ReplicaSet. */
function newestHash(service: Service, replicaSets: readonly ReplicaSet[], workloads: readonly KubernetesObject[]): string | undefined {
  const owners = workloads
    .filter((workload) => selects(service.spec?.selector, podLabelsOf(workload)))
    .map(({ metadata }) => metadata.name);
  const revision = ({ metadata }: ReplicaSet) => Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
  const [newest] = replicaSets
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ name }) => owners.includes(name)))
    .sort((a, b) => revision(b) - revision(a));
  return newest?.metadata.labels?.[HASH];
}
