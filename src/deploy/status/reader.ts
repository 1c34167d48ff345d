import { HttpError } from '../../interfaces/errors.ts';
import type { KindRef, Kubernetes, KubernetesObject, ObjectRef } from '../../interfaces/kubernetes.ts';
import { View } from '../kube/watch.ts';

/** Reads what the account may read; what it may not is noted once, and the rest of the picture stands. */
export class StatusReader {
  readonly view = new View();
  readonly #kubernetes: Kubernetes;
  readonly #unseen = new Map<string, string>();

  constructor(kubernetes: Kubernetes) {
    this.#kubernetes = kubernetes;
  }

  /** What could not be looked at, one line each. */
  get unseen(): string[] {
    return [...this.#unseen.values()];
  }

  /** Runs a read; undefined where the account may not. Other errors are thrown. */
  async allowed<T>(what: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 403) throw error;
      this.#unseen.set(what, `${what}: this account may not read them`);
      return undefined;
    }
  }

  /** Whether reads of this were refused. */
  isUnseen(what: string): boolean {
    return this.#unseen.has(what);
  }

  /** Lists a kind into the view; nothing where the cluster does not have it. */
  async list<T extends KubernetesObject>(kind: KindRef<T>, labelSelector?: string): Promise<T[]> {
    const found = await this.allowed(`${kind.kind} objects`, async () => {
      if (!(await this.#kubernetes.resource(kind))) return undefined;
      return (await this.#kubernetes.list(kind, { labelSelector })).items;
    });
    for (const object of found ?? []) this.view.take({ type: 'ADDED', object: { ...object, kind: kind.kind } });
    return found ?? [];
  }

  /** `seen: false` where the account may not look. */
  async get<T extends KubernetesObject>(ref: ObjectRef<T>): Promise<{ seen: boolean; object: T | undefined }> {
    const what = `${ref.kind} objects`;
    let seen = true;
    const object = await this.allowed(what, async () => this.#kubernetes.get(ref)).catch((error: unknown) => {
      // A kind that the cluster no longer knows (its CRD is gone) has no objects.
      if (error instanceof HttpError && error.status === 404) return undefined;
      throw error;
    });
    if (object === undefined && this.isUnseen(what)) seen = false;
    return { seen, object };
  }
}
