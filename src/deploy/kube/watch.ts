import type { Clock } from '../../interfaces/clock.ts';
import { TimeoutError } from '../../interfaces/errors.ts';
import type { KindRef, Kubernetes, KubernetesObject, ListOptions, WatchEvent } from '../../interfaces/kubernetes.ts';

/** Everything a watcher has seen, as it is now. */
export class View {
  readonly #objects = new Map<string, Map<string, KubernetesObject>>();

  take(event: WatchEvent): void {
    const { kind, metadata } = event.object;
    const objects = this.#objects.get(kind) ?? new Map<string, KubernetesObject>();
    this.#objects.set(kind, objects);
    if (event.type === 'DELETED') objects.delete(metadata.name);
    else objects.set(metadata.name, event.object);
  }

  // What the API server gives under a kind is of that kind.
  get<T extends KubernetesObject>({ kind }: KindRef<T>, name: string): T | undefined {
    return this.#objects.get(kind)?.get(name) as T | undefined;
  }

  all<T extends KubernetesObject>({ kind }: KindRef<T>): T[] {
    return [...(this.#objects.get(kind)?.values() ?? [])] as T[];
  }
}

export interface WatchUntil<T> {
  kubernetes: Kubernetes;
  clock: Clock;
  signal: AbortSignal;
  watch: readonly { kind: KindRef; options?: ListOptions }[];
  limitMs: number;
  /** For the time-out's message. */
  waitingFor: string;
  /** Looks at what is there after every change, and every second; undefined: not yet. Throws to give up. */
  judge(view: View, now: number): T | undefined;
  /** The error at the limit (default `TimeoutError`). */
  onLimit?(view: View): Error;
}

/** Changes come in bursts: they are judged together. */
const SETTLE_MS = 20;
const TICK_MS = 1_000;

/** Watches objects of one namespace until `judge` returns a result. */
export async function watchUntil<T>(options: WatchUntil<T>): Promise<T> {
  const { clock, kubernetes } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const view = new View();
  let broken: { error: unknown } | undefined;
  let wake: () => void = () => undefined;
  const streams = options.watch.map(async ({ kind, options: list }) => {
    try {
      for await (const event of kubernetes.watch(kind, { ...list, signal })) {
        view.take({ ...event, object: { ...event.object, kind: event.object.kind ?? kind.kind } });
        wake();
      }
    } catch (error) {
      if (!signal.aborted) broken = { error };
      wake();
    }
  });
  const deadline = clock.now() + options.limitMs;
  try {
    for (;;) {
      options.signal.throwIfAborted();
      if (broken) throw broken.error;
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const now = clock.now();
      const verdict = options.judge(view, now);
      if (verdict !== undefined) return verdict;
      if (now >= deadline) throw options.onLimit?.(view) ?? new TimeoutError(options.waitingFor, options.limitMs);
      await Promise.race([changed, clock.sleep(Math.min(TICK_MS, deadline - now), signal)]);
      await clock.sleep(SETTLE_MS, signal);
    }
  } finally {
    stop.abort();
    await Promise.allSettled(streams);
  }
}
