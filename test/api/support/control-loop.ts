import { POD } from '../../../src/deploy/kube/names.ts';
import { HttpError } from '../../../src/interfaces/errors.ts';
import type { KindRef, Kubernetes, KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import type { Pod } from '../../../src/interfaces/objects.ts';

/** What the kubelet would write of a pod that has no status yet. */
export type Kubelet = (pod: Pod, ip: string) => object;

/** A controller of Kubernetes, played with the API alone: it follows what it is about, and puts things right after each change. */
export abstract class ControlLoop {
  protected readonly kubernetes: Kubernetes;
  protected readonly pods = new Map<string, Pod>();
  readonly #kubelet: Kubelet;
  /** Of its pods' addresses. */
  readonly #network: string;
  readonly #stop = new AbortController();
  #working: Promise<void>[] = [];
  #wake: () => void = () => undefined;
  #addresses = 1;

  constructor(kubernetes: Kubernetes, kubelet: Kubelet, network: string) {
    this.kubernetes = kubernetes;
    this.#kubelet = kubelet;
    this.#network = network;
  }

  /** What it follows beside pods, and where that is kept by name. */
  protected abstract follows(): readonly (readonly [KindRef, Map<string, KubernetesObject>])[];
  protected abstract reconcile(): Promise<void>;

  start(): void {
    const followed = [[POD, this.pods] as const, ...this.follows()];
    this.#working = [...followed.map(([kind, into]) => this.#follow(kind, into as Map<string, KubernetesObject>)), this.#work()];
    for (const work of this.#working) work.catch(() => this.#stop.abort());
  }

  /** Errors: of whatever it could not do. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await Promise.all(this.#working);
  }

  async #follow(kind: KindRef, into: Map<string, KubernetesObject>): Promise<void> {
    for await (const { type, object } of this.kubernetes.watch(kind, { signal: this.#stop.signal })) {
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
      await this.reconcile();
      await next;
    }
  }

  protected podsOf = (owner: KubernetesObject): Pod[] =>
    [...this.pods.values()].filter((pod) => pod.metadata.ownerReferences?.[0]?.uid === owner.metadata.uid);

  /** Pods of a kind of owner that none of these is. */
  protected orphans = (kind: KindRef, owners: readonly (string | undefined)[]): Pod[] =>
    [...this.pods.values()].filter(
      ({ metadata: { ownerReferences: [owner] = [] } }) => owner?.kind === kind.kind && !owners.includes(owner.uid),
    );

  /** Lets the kubelet see pods that have no status yet. */
  protected async runPods(pods: readonly Pod[]): Promise<void> {
    const fresh = pods.filter((pod) => pod.status?.conditions === undefined);
    await Promise.all(
      fresh.map((pod) => this.status(POD, pod.metadata.name, this.#kubelet(pod, `${this.#network}.${(this.#addresses++ % 250) + 1}`))),
    );
  }

  /** What is there already, or not any more, was seen late. */
  async #tolerant(work: Promise<unknown>): Promise<void> {
    await work.catch((error: unknown) => {
      if (!(error instanceof HttpError) || ![404, 409].includes(error.status)) throw error;
    });
  }
  protected create = (pod: Pod): Promise<void> => this.#tolerant(this.kubernetes.create(pod));
  protected delete = ({ metadata }: Pod): Promise<void> =>
    this.#tolerant(this.kubernetes.delete({ ...POD, name: metadata.name }, { uid: metadata.uid }));
  protected status = (kind: KindRef, name: string, status: object): Promise<void> =>
    this.#tolerant(this.kubernetes.patch({ ...kind, name }, { status }, { type: 'merge', subresource: 'status' }));
}
