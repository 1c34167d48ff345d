import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../../../src/interfaces/clock.ts';
import { KubernetesClient } from '../../../../src/tools/kubernetes/client.ts';
import type { ClusterAccess } from '../../../../src/tools/kubernetes/load.ts';

const STEP_MS = 200;
/** Where nothing is in its way, a step takes little more than it waits. */
const MOST_MS = 2 * STEP_MS;
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };

/**
 * Time as the cluster has it: it goes by as fast as a change becomes an event. On a machine that is too busy for its API server little of it
 * goes by, so that a limit says something of what was waited for, and not of the machine.
 */
export class Pace implements Clock {
  readonly #kubernetes: KubernetesClient;
  readonly #name = `pace-${process.pid}`;
  readonly #stop = new AbortController();
  readonly #started = Date.now();
  readonly #sleepers = new Map<() => void, number>();
  #working: Promise<void> = Promise.resolve();
  #elapsed = 0;
  #last = performance.now();

  constructor(access: ClusterAccess) {
    this.#kubernetes = new KubernetesClient(access, { namespace: 'default' });
  }

  start(): void {
    this.#working = this.#work();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#working;
    await this.#kubernetes.delete({ ...CONFIG_MAP, name: this.#name });
    await this.#kubernetes.close();
  }

  elapsed = (): number => this.#elapsed + Math.min(performance.now() - this.#last, MOST_MS);
  now = (): number => this.#started + Math.floor(this.elapsed());

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const aborted = (): void => {
        this.#sleepers.delete(over);
        reject(signal?.reason);
      };
      const over = (): void => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      };
      signal?.addEventListener('abort', aborted, { once: true });
      this.#sleepers.set(over, this.elapsed() + ms);
    });
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    const metadata = { name: this.#name, namespace: 'default' };
    await this.#kubernetes.apply({ ...CONFIG_MAP, metadata }, { fieldManager: 'pace' });
    const options = { fieldSelector: `metadata.name=${this.#name}`, signal };
    let count = 0;
    for await (const _ of this.#kubernetes.watch(CONFIG_MAP, options)) {
      this.#elapsed = this.elapsed();
      this.#last = performance.now();
      for (const [over, at] of this.#sleepers) {
        if (at > this.#elapsed) continue;
        this.#sleepers.delete(over);
        over();
      }
      await delay(STEP_MS);
      const data = { count: `${++count}` };
      await this.#kubernetes.patch({ ...CONFIG_MAP, name: this.#name }, { data }, { type: 'merge' });
    }
  }
}
