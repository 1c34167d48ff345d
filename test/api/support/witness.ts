import { POD, SERVICE, selectedColor, selects } from '../../../src/deploy/kube/names.ts';
import { isReady } from '../../../src/deploy/kube/pods.ts';
import type { KindRef, KubernetesObject, WatchEvent } from '../../../src/interfaces/kubernetes.ts';
import type { Pod, Service } from '../../../src/interfaces/objects.ts';
import { type App, RELEASE } from './app.ts';

const STABLE = `${RELEASE}-web`;

/** Sees every change that the API server tells of, and notes each that no user should have met. */
export class Witness {
  readonly seen: string[] = [];
  readonly #app: App;
  readonly #stop = new AbortController();
  #watching: Promise<void>[] = [];
  #color: string | undefined;

  constructor(app: App) {
    this.#app = app;
  }

  start(): void {
    this.#watching = [this.#follow(SERVICE, (event) => this.#service(event)), this.#follow(POD, (event) => this.#pod(event))];
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#watching);
  }

  async #follow<T extends KubernetesObject>(kind: KindRef<T>, judge: (event: WatchEvent<T>) => Promise<void>): Promise<void> {
    for await (const event of this.#app.kubernetes.watch(kind, { signal: this.#stop.signal })) await judge(event);
  }

  /** A selector that moves must move to pods that are ready, and have each passed a check. A first deploy has nobody to protect. */
  async #service({ type, object }: WatchEvent<Service>): Promise<void> {
    if (object.metadata.name !== STABLE) return;
    const color = selectedColor(object.spec?.selector);
    const moved = color !== this.#color;
    this.#color = color;
    if (!moved || (await this.#isFirst())) return;
    if (type === 'DELETED' || color === undefined) this.seen.push(`Service ${STABLE} selects no color any more`);
    else await this.requireServed(object.spec?.selector, `Service ${STABLE} was led to ${color}`);
  }

  /** Nobody stops a pod that users are led to. */
  async #pod({ type, object }: WatchEvent<Pod>): Promise<void> {
    if (type !== 'DELETED' || (await this.#isFirst())) return;
    if (selects(await this.#app.selector(), object.metadata.labels))
      this.seen.push(`Pod ${object.metadata.name} went while users were led to it`);
  }

  /** Notes it where `selector` leads to nothing, or to what did not pass. */
  async requireServed(selector: Record<string, string> | undefined, what: string): Promise<void> {
    const { items } = await this.#app.kubernetes.list(POD);
    const pods = items.filter((pod) => selects(selector, pod.metadata.labels));
    const failed = pods.filter((pod) => !isReady(pod) || !this.#app.apps.passed.has(pod.metadata.uid ?? ''));
    if (pods.length === 0) this.seen.push(`${what}, and there is no pod`);
    for (const pod of failed) this.seen.push(`${what}, and pod ${pod.metadata.name} is ${isReady(pod) ? 'unchecked' : 'not ready'}`);
  }

  /** Whether no version has served yet. */
  async #isFirst(): Promise<boolean> {
    return (await this.#app.journal()).active === undefined;
  }
}
