import { DeployError, reasonOf } from '../../interfaces/errors.ts';
import type { Reason } from '../../interfaces/reasons.ts';

/** A piece of what was seen. `text` comes from outside: whoever shows it neutralises it. */
export interface Evidence {
  title: string;
  text: string;
}

interface StepFailureOptions {
  hint?: string | undefined;
  cause?: unknown;
  evidence?: readonly Evidence[];
  /** Evidence that takes time: read when users are safe, before anything is tidied up. */
  collect?: () => Promise<readonly Evidence[]>;
}

/** A step of a deploy that went wrong, with a named cause and what was seen before anything was rolled back. */
export class StepFailure extends DeployError {
  override name = 'StepFailure';
  readonly #collect: (() => Promise<readonly Evidence[]>) | undefined;
  readonly #evidence: readonly Evidence[];
  constructor(reason: Reason, message: string, { evidence = [], collect, ...options }: StepFailureOptions = {}) {
    super(reason, message, options);
    this.#evidence = evidence;
    this.#collect = collect;
  }

  async evidence(): Promise<readonly Evidence[]> {
    return [...this.#evidence, ...((await this.#collect?.().catch(() => [])) ?? [])];
  }
}

/** Whatever was thrown, as the failure of a step. */
export function toFailure(error: unknown): StepFailure {
  if (error instanceof StepFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new StepFailure(reasonOf(error), message, { hint: error instanceof DeployError ? error.hint : undefined, cause: error });
}
