import type { KindRef, Kubernetes, KubernetesObject, ListOptions, WatchEvent } from '../../../src/interfaces/kubernetes.ts';
import { VirtualClock } from '../../histories/play/clock.ts';
import { events, type Recording } from './recording.ts';

/**
 * What the cluster said, said again in its time: the watches, and what lists, logs and rights answered. `delayMs` says how much later a kind's
 * watch brings its changes: the API server's streams are not in step.
 */
export class Player {
  readonly clock = new VirtualClock();
  readonly #recording: Recording;
  readonly #events: readonly { at: number; event: WatchEvent }[];
  readonly #began: number;
  readonly #delayMs: (kind: string) => number;
  #shown = 0;

  constructor(recording: Recording, delayMs: (kind: string) => number = () => 0) {
    this.#recording = recording;
    this.#events = [...events(recording.entries)];
    this.#began = this.clock.now();
    this.#delayMs = delayMs;
  }

  /** How many entries the product had seen when it had its verdict. */
  get shown(): number {
    return this.#shown;
  }

  get kubernetes(): Kubernetes {
    const played: Partial<Kubernetes> = {
      namespace: this.#recording.namespace,
      get: async ({ kind, name }) =>
        (kind === 'Namespace' ? { apiVersion: 'v1', kind, metadata: { name } } : this.#now(kind).get(name)) as never,
      list: async ({ kind }) => ({ items: [...this.#now(kind).values()] as never[], resourceVersion: '1' }),
      watch: (kind: KindRef, options: ListOptions & { signal: AbortSignal }) => this.#watch(kind.kind, options.signal) as never,
      logs: async ({ name }, { container, previous }) =>
        this.#recording.logs[`${name}/${container}`]?.[previous ? 'previous' : 'current'] ?? '',
      denied: async () => [],
    };
    // Whatever else the product may ask was not recorded: it fails by name.
    return new Proxy(played, {
      get: (known, name: keyof Kubernetes) =>
        known[name] ??
        (() => {
          throw new Error(`Kubernetes.${String(name)} is in no recording`);
        }),
    }) as Kubernetes;
  }

  #now(kind: string): Map<string, KubernetesObject> {
    const objects = new Map<string, KubernetesObject>();
    const elapsed = this.clock.now() - this.#began;
    for (const { at, event } of this.#events) {
      if (at > elapsed || event.object.kind !== kind) continue;
      if (event.type === 'DELETED') objects.delete(event.object.metadata.name);
      else objects.set(event.object.metadata.name, event.object);
    }
    return objects;
  }

  /** What is there first, then every change in its time. */
  async *#watch(kind: string, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    const begun = this.clock.now();
    const delay = this.#delayMs(kind);
    const there = this.#now(kind);
    for (const object of there.values()) yield { type: 'ADDED', object };
    let index = 0;
    for (const { at, event } of this.#events) {
      index += 1;
      const when = this.#began + at + delay;
      if (event.object.kind !== kind || this.#began + at <= begun) continue;
      await this.clock.sleep(Math.max(0, when - this.clock.now()), signal);
      this.#shown = Math.max(this.#shown, index);
      yield event;
    }
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  }
}
