import { DeployError } from '../../interfaces/errors.ts';

/** The output `failure-reason`: one of these, or empty. */
export const FAILURE_REASONS = [
  'configuration',
  'access-denied',
  'locked',
  'lease-lost',
  'cancelled',
  'chart-invalid',
  'irreversible',
  'image-not-found',
  'registry-auth',
  'image-pull',
  'crash-loop',
  'out-of-memory',
  'missing-config',
  'bad-command',
  'init-failed',
  'hook-failed',
  'not-ready',
  'unschedulable',
  'quota-exceeded',
  'volume-pending',
  'admission-refused',
  'smoke-failed',
  'switch-failed',
  'bake-failed',
  'helm-failed',
  'timeout',
  'rollback-failed',
  'internal',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** A piece of what was seen. `text` comes from outside: whoever shows it neutralises it. */
export interface Evidence {
  title: string;
  text: string;
}

/** A step of a deploy that went wrong, with a named cause and what was seen before anything was rolled back. */
export class StepFailure extends DeployError {
  override name = 'StepFailure';
  readonly reason: FailureReason;
  readonly #collect: (() => Promise<readonly Evidence[]>) | undefined;
  readonly #evidence: readonly Evidence[];
  constructor(
    reason: FailureReason,
    message: string,
    options: {
      hint?: string | undefined;
      cause?: unknown;
      evidence?: readonly Evidence[];
      /** Evidence that takes time: read when users are safe, before anything is tidied up. */
      collect?: () => Promise<readonly Evidence[]>;
    } = {},
  ) {
    super(message, options);
    this.reason = reason;
    this.#evidence = options.evidence ?? [];
    this.#collect = options.collect;
  }

  async evidence(): Promise<readonly Evidence[]> {
    return [...this.#evidence, ...((await this.#collect?.().catch(() => [])) ?? [])];
  }
}
