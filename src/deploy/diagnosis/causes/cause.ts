import { REASONS, type Reason } from '../../../interfaces/reasons.ts';

/** A cause named from what Kubernetes says about a container or an object. */
export interface Cause {
  reason: Reason;
  /** One line. */
  message: string;
  hint?: string | undefined;
  /** How long this must last before it counts: some of it passes by itself. Infinite for what is told, and counts at the time limit alone. */
  graceMs: number;
  /** Name of the Secret or ConfigMap that is not there. */
  missing?: string | undefined;
  /** What it needs is there and may yet become ready. */
  pending?: boolean | undefined;
  /** How often its container was started, and has ended. */
  tries?: { begun: number; ended: number } | undefined;
}

/** How long a cause must last, ms. */
export const GRACE = {
  /** No further try changes it. */
  none: 0,
  soon: 10_000,
  /** What an operator or a hand makes a moment later: the kubelet looks again after up to 16 s. */
  moment: 20_000,
  /** A node that has just come may not have its network yet. */
  node: 30_000,
  patient: 60_000,
  /** It may pass at any time: the time limit decides. */
  limit: Number.POSITIVE_INFINITY,
} as const;

/** A cause whose hint is what the table of reasons says, where it has none of its own. */
export function causeOf(reason: Reason, message: string, graceMs: number, hint: string = REASONS[reason].todo): Cause {
  return { reason, message, hint, graceMs };
}

export const firstLine = (text: string | undefined): string => (text ?? '').split('\n')[0]?.trim() ?? '';

const DETAIL = 200;

/** The end of a chain of wrapped errors says most. */
export function shortDetail(detail: string): string {
  const line = firstLine(detail);
  return line.length <= DETAIL ? line : `…${line.slice(-DETAIL)}`;
}

export const timesText = (count: number): string => (count === 1 ? 'once' : `${count} times`);
