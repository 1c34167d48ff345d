import { createHash } from 'node:crypto';
import type { StatefulSetSpec, StatefulSetStatus } from 'kubernetes-types/apps/v1.d.ts';
import { equal } from '../../../src/deploy/kube/equal.ts';
import { POD } from '../../../src/deploy/kube/names.ts';
import { isReady } from '../../../src/deploy/kube/pods.ts';
import type { KindRef, Kubernetes, ObjectMeta } from '../../../src/interfaces/kubernetes.ts';
import type { Pod } from '../../../src/interfaces/objects.ts';
import { ControlLoop, type Kubelet } from './control-loop.ts';

type StatefulSet = { apiVersion: string; kind: 'StatefulSet'; metadata: ObjectMeta; spec?: StatefulSetSpec; status?: StatefulSetStatus };
const STATEFUL_SET: KindRef<StatefulSet> = { apiVersion: 'apps/v1', kind: 'StatefulSet' };
const HASH = 'controller-revision-hash';

/**
 * What Kubernetes' controller and a kubelet do for StatefulSets of one namespace, with the API alone. One pod after the other; and one that
 * is not ready is waited for, whatever its revision, as the real one does.
 */
export class StatefulSets extends ControlLoop {
  readonly #sets = new Map<string, StatefulSet>();

  constructor(kubernetes: Kubernetes, kubelet: Kubelet) {
    super(kubernetes, kubelet, '10.244.1');
  }

  protected follows = () => [[STATEFUL_SET, this.#sets] as const];

  protected async reconcile(): Promise<void> {
    const sets = [...this.#sets.values()];
    const orphans = this.orphans(
      STATEFUL_SET,
      sets.map(({ metadata }) => metadata.uid),
    );
    await Promise.all([...orphans.map((pod) => this.delete(pod)), ...sets.map((set) => this.#set(set))]);
  }

  async #set(set: StatefulSet): Promise<void> {
    const { metadata, spec, status } = set;
    const revision = createHash('sha256').update(JSON.stringify(spec?.template)).digest('hex').slice(0, 10);
    const updateRevision = `${metadata.name}-${revision}`;
    const wanted = Array.from({ length: spec?.replicas ?? 1 }, (_, index) => `${metadata.name}-${index}`);
    const own = this.podsOf(set);
    const updated = own.filter((pod) => pod.metadata.labels?.[HASH] === updateRevision);
    const counts = { replicas: own.length, readyReplicas: own.filter(isReady).length, updatedReplicas: updated.length };
    const now = { observedGeneration: metadata.generation, updateRevision, ...counts };
    const was = Object.fromEntries(Object.keys(now).map((key) => [key, status?.[key as keyof typeof now] ?? 0]));
    if (!equal(was, now)) await this.status(STATEFUL_SET, metadata.name, now);
    await this.runPods(own);
    for (const name of wanted) {
      const pod = this.pods.get(name);
      if (!pod) return this.create(podOf(set, name, updateRevision));
      if (!isReady(pod)) return;
    }
    const next = own
      .toSorted((a, b) => b.metadata.name.localeCompare(a.metadata.name))
      .find((pod) => !wanted.includes(pod.metadata.name) || pod.metadata.labels?.[HASH] !== updateRevision);
    if (next) await this.delete(next);
  }
}

const podOf = ({ apiVersion, kind, metadata, spec }: StatefulSet, name: string, revision: string): Pod =>
  ({
    ...POD,
    metadata: {
      name,
      labels: { ...spec?.template.metadata?.labels, [HASH]: revision },
      annotations: spec?.template.metadata?.annotations,
      ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', controller: true }],
    },
    spec: spec?.template.spec,
  }) as Pod;
