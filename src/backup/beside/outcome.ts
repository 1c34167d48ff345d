import type { View } from '../../deploy/kube/watch.ts';
import { VOLUME_SNAPSHOT, type VolumeSnapshot } from './marks.ts';

/** Either ready, or why it will not be. */
export type Outcome = { ready: VolumeSnapshot } | { why: string };

/**
 * What has become of VolumeSnapshots that are waited for. The snapshot controller tries again after most errors: one that stands for `graceMs`
 * counts, and so does one that stands at the end of the time.
 */
export class Outcomes {
  readonly #names: readonly string[];
  readonly #graceMs: number;
  readonly #seen = new Set<string>();
  readonly #errors = new Map<string, { message: string; since: number }>();
  readonly #done = new Map<string, Outcome>();

  constructor(names: readonly string[], graceMs: number) {
    this.#names = names;
    this.#graceMs = graceMs;
  }

  /** `late`: whether the time is over. */
  judge(view: View, now: number, late: string | undefined): void {
    for (const name of this.waiting()) {
      const outcome = this.#judgeOne(name, view.get(VOLUME_SNAPSHOT, name), now, late);
      if (outcome) this.#done.set(name, outcome);
    }
  }

  #judgeOne(name: string, snapshot: VolumeSnapshot | undefined, now: number, late: string | undefined): Outcome | undefined {
    if (snapshot === undefined) {
      if (this.#seen.has(name)) return { why: 'it was deleted while it was waited for' };
      return late === undefined ? undefined : { why: late };
    }
    this.#seen.add(name);
    const { readyToUse, error } = snapshot.status ?? {};
    if (readyToUse === true) return { ready: snapshot };
    const message = error === undefined ? undefined : (error.message ?? 'an error without words');
    const before = this.#errors.get(name);
    if (message === undefined) this.#errors.delete(name);
    else if (before?.message !== message) this.#errors.set(name, { message, since: before?.since ?? now });
    const since = this.#errors.get(name)?.since ?? now;
    if (message !== undefined && (late !== undefined || now - since >= this.#graceMs)) return { why: message };
    return late === undefined ? undefined : { why: late };
  }

  waiting(): string[] {
    return this.#names.filter((name) => !this.#done.has(name));
  }

  /** Errors that may still go away. */
  troubles(): string[] {
    return this.waiting().flatMap((name) => {
      const error = this.#errors.get(name);
      return error ? [`${name}: ${error.message}`] : [];
    });
  }

  of(name: string): Outcome | undefined {
    return this.#done.get(name);
  }

  failed(): boolean {
    return [...this.#done.values()].some((outcome) => 'why' in outcome);
  }
}
