import { createHash } from 'node:crypto';
import type { StatefulSetSpec, StatefulSetStatus } from 'kubernetes-types/apps/v1.d.ts';
import { equal } from '../../../src/deploy/kube/equal.ts';
import { POD } from '../../../src/deploy/kube/names.ts';
import { isReady } from '../../../src/deploy/kube/pods.ts';
import { HttpError } from '../../../src/interfaces/errors.ts';
import type { KindRef, Kubernetes, KubernetesObject, ObjectMeta } from '../../../src/interfaces/kubernetes.ts';
import type { Pod } from '../../../src/interfaces/objects.ts';
import type { Kubelet } from './controllers.ts';

type StatefulSet = { apiVersion: string; kind: 'StatefulSet'; metadata: ObjectMeta; spec?: StatefulSetSpec; status?: StatefulSetStatus };
const STATEFUL_SET: KindRef<StatefulSet> = { apiVersion: 'apps/v1', kind: 'StatefulSet' };
const HASH = 'controller-revision-hash';

/**
 * What Kubernetes' controller and a kubelet do for StatefulSets of one namespace, with the API alone. One pod after the other; and one that
 * is not ready is waited for, whatever its revision, as the real one does.
 */
export class StatefulSets {
  readonly #kubernetes: Kubernetes;
  readonly #kubelet: Kubelet;
  readonly #stop = new AbortController();
  readonly #sets = new Map<string, StatefulSet>();
  readonly #pods = new Map<string, Pod>();
  #working: Promise<void>[] = [];
  #wake: () => void = () => undefined;
  #addresses = 1;

  constructor(kubernetes: Kubernetes, kubelet: Kubelet) {
    this.#kubernetes = kubernetes;
    this.#kubelet = kubelet;
  }

  start(): void {
    this.#working = [this.#follow(STATEFUL_SET, this.#sets), this.#follow(POD, this.#pods), this.#work()];
    for (const work of this.#working) work.catch(() => this.#stop.abort());
  }

  /** Errors: of whatever it could not do. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await Promise.all(this.#working);
  }

  async #follow<T extends KubernetesObject>(kind: KindRef<T>, into: Map<string, T>): Promise<void> {
    for await (const { type, object } of this.#kubernetes.watch(kind, { signal: this.#stop.signal })) {
      if (type === 'DELETED') into.delete(object.metadata.name);
      else into.set(object.metadata.name, object);
      this.#wake();
    }
  }

  async #work(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const next = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const sets = [...this.#sets.values()];
      const owners = sets.map(({ metadata }) => metadata.uid);
      const orphans = [...this.#pods.values()].filter(({ metadata: { ownerReferences: [owner] = [] } }) => {
        return owner?.kind === STATEFUL_SET.kind && !owners.includes(owner.uid);
      });
      await Promise.all([...orphans.map((pod) => this.#delete(pod)), ...sets.map((set) => this.#set(set))]);
      await next;
    }
  }

  async #set(set: StatefulSet): Promise<void> {
    const { metadata, spec, status } = set;
    const revision = createHash('sha256').update(JSON.stringify(spec?.template)).digest('hex').slice(0, 10);
    const updateRevision = `${metadata.name}-${revision}`;
    const wanted = Array.from({ length: spec?.replicas ?? 1 }, (_, index) => `${metadata.name}-${index}`);
    const own = [...this.#pods.values()].filter((pod) => pod.metadata.ownerReferences?.[0]?.uid === metadata.uid);
    const updated = own.filter((pod) => pod.metadata.labels?.[HASH] === updateRevision);
    const counts = { replicas: own.length, readyReplicas: own.filter(isReady).length, updatedReplicas: updated.length };
    const now = { observedGeneration: metadata.generation, updateRevision, ...counts };
    const was = Object.fromEntries(Object.keys(now).map((key) => [key, status?.[key as keyof typeof now] ?? 0]));
    if (!equal(was, now)) await this.#status(STATEFUL_SET, metadata.name, now);
    await Promise.all(own.filter((pod) => pod.status?.conditions === undefined).map((pod) => this.#run(pod)));
    for (const name of wanted) {
      const pod = this.#pods.get(name);
      if (!pod) return this.#create(podOf(set, name, updateRevision));
      if (!isReady(pod)) return;
    }
    const next = own
      .toSorted((a, b) => b.metadata.name.localeCompare(a.metadata.name))
      .find((pod) => !wanted.includes(pod.metadata.name) || pod.metadata.labels?.[HASH] !== updateRevision);
    if (next) await this.#delete(next);
  }

  async #run(pod: Pod): Promise<void> {
    await this.#status(POD, pod.metadata.name, this.#kubelet(pod, `10.244.1.${(this.#addresses++ % 250) + 1}`));
  }

  /** What is there already, or not any more, was seen late. */
  async #tolerant(work: Promise<unknown>): Promise<void> {
    await work.catch((error: unknown) => {
      if (!(error instanceof HttpError) || ![404, 409].includes(error.status)) throw error;
    });
  }
  #create = (pod: Pod): Promise<void> => this.#tolerant(this.#kubernetes.create(pod));
  #delete = ({ metadata }: Pod): Promise<void> =>
    this.#tolerant(this.#kubernetes.delete({ ...POD, name: metadata.name }, { uid: metadata.uid }));
  #status = (kind: KindRef, name: string, status: object): Promise<void> =>
    this.#tolerant(this.#kubernetes.patch({ ...kind, name }, { status }, { type: 'merge', subresource: 'status' }));
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
