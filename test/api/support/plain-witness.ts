import { POD } from '../../../src/deploy/kube/names.ts';
import { isReady } from '../../../src/deploy/kube/pods.ts';
import type { Pod } from '../../../src/interfaces/objects.ts';
import type { App } from './app.ts';
import { versionOf } from './pods.ts';

const PAUSE_MS = 15;

/** Looks all the time at whom users are led to, and notes each moment at which it is nobody, a mixture, or what did not pass. */
export class PlainWitness {
  readonly seen: string[] = [];
  readonly #app: App;
  #watching: Promise<void> | undefined;
  #stopped = false;

  constructor(app: App) {
    this.#app = app;
  }

  start(): void {
    this.#watching = this.#watch();
  }

  async stop(): Promise<string[]> {
    this.#stopped = true;
    await this.#watching;
    return [...new Set(this.seen)];
  }

  async #watch(): Promise<void> {
    while (!this.#stopped) {
      const before = await this.#app.selector();
      const { items } = await this.#app.kubernetes.list(POD);
      const after = await this.#app.selector();
      // What was read in between belongs to neither.
      if (JSON.stringify(before) === JSON.stringify(after)) this.#judge(before, items);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  #judge(selector: Record<string, string> | undefined, pods: readonly Pod[]): void {
    const behind = pods.filter(({ metadata }) =>
      Object.entries(selector ?? { nobody: 'none' }).every(([key, value]) => metadata.labels?.[key] === value),
    );
    const ready = behind.filter(isReady);
    if (ready.length === 0) this.seen.push(`nobody serves (${JSON.stringify(selector)})`);
    const versions = new Set(ready.map(versionOf));
    if (versions.size > 1) this.seen.push(`${[...versions].sort().join(' and ')} serve at once (${JSON.stringify(selector)})`);
    for (const version of versions) if (!/-(good|late)$/.test(version)) this.seen.push(`${version} serves`);
  }
}
