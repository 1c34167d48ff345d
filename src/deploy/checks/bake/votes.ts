import type { CheckResult } from '../../../smoke/model.ts';

/** So many last answers of a check at a target vote. */
export const VOTES = 10;
/** So many failures among them fail the check: one lost answer proves nothing, and neither do nine good ones after it. */
export const FAILURES = 3;

/** The last answers of one check, by target. */
export class Votes {
  readonly #answers = new Map<string, boolean[]>();

  /** Counts one round. Returns the answer that fails the check, if one does. */
  count(round: readonly CheckResult[]): CheckResult | undefined {
    // Targets come and go with their pods.
    for (const target of this.#answers.keys()) if (!round.some((result) => result.target === target)) this.#answers.delete(target);
    for (const { target, passed } of round) this.#answers.set(target, [...this.of(target), passed].slice(-VOTES));
    return round.find((result) => !result.passed && failuresIn(this.of(result.target)) >= FAILURES);
  }

  of = (target: string): readonly boolean[] => this.#answers.get(target) ?? [];

  /** Whether a failure is among those that vote: then more answers are wanted, and soon. */
  get open(): boolean {
    return [...this.#answers.values()].some((answers) => failuresIn(answers) > 0);
  }
}

export const failuresIn = (answers: readonly boolean[]): number => answers.filter((passed) => !passed).length;
