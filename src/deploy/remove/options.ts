import type { Run } from '../run/run.ts';
import type { Who } from '../state/lease-object.ts';

export interface RemoveOptions {
  release: string;
  /** Volume claims go too, and with them what they hold. */
  claims: boolean;
  /** The Secrets of the input `secrets` go too. */
  secrets: boolean;
  /** Limit of each of Helm's operations, and of the wait for the lease. */
  timeoutMs: number;
  dryRun: boolean;
  who: Who;
}

/** What a removal works with. */
export type Tools = Pick<Run, 'kubernetes' | 'helm' | 'clock' | 'log' | 'signal'> & { readonly options: RemoveOptions };

export interface RemoveOutcome {
  /** `nothing`: there is nothing of this app. */
  status: 'removed' | 'planned' | 'nothing';
  /** What went, or would go, in this order: a line each. */
  removed: string[];
  /** What stays, and why. */
  kept: string[];
}
