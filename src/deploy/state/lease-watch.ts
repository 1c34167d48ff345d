import type { Lease } from '../../interfaces/objects.ts';

/** How long a lease lasts that does not say it. */
const DURATION_S = 30;

/** What one has seen of a lease in other hands, on one's own clock. */
export interface Observation {
  /** What of it changes with every sign of life. */
  sign: string;
  /** Since when it has been as it is. */
  since: number;
}

/**
 * Pure: what is known of a lease that was read by `elapsed`. Only that it changes counts: what its holder's clock says may be hours from what
 * ours does.
 */
export function observed(before: Observation | undefined, lease: Lease, elapsed: number): Observation {
  const sign = JSON.stringify([lease.metadata.uid, lease.spec]);
  return before?.sign === sign ? before : { sign, since: elapsed };
}

/** Pure: by when it is free, if it shows no sign of life until then. */
export const freeFrom = ({ since }: Observation, lease: Lease): number => since + durationOf(lease);

/** How long a lease lasts without a sign of life, ms. */
export const durationOf = ({ spec }: Lease): number => (spec?.leaseDurationSeconds ?? DURATION_S) * 1000;
