const DAY_MS = 86_400_000;

/** How long a preview stays. Times are milliseconds since the epoch, to the second. */
export interface PreviewLease {
  /** undefined: it does not say, and then it does not expire. */
  expiresAt: number | undefined;
  /** When people were told that it is about to expire; undefined: not since it was renewed last. */
  warnedAt: number | undefined;
  /** What each use renews it for. */
  expiresAfterMs: number | undefined;
}

/** Pure: how long before the end people are told: a day, or a quarter of a stay that is shorter than four days. */
export const warningMs = ({ expiresAfterMs }: Pick<PreviewLease, 'expiresAfterMs'>): number =>
  Math.min(DAY_MS, (expiresAfterMs ?? 4 * DAY_MS) / 4);

/**
 * Pure: the lease after a use at `usedAt` (a deploy, a visitor, a person who asks for it): never a shorter one. What was warned of is
 * forgotten if there is more time now.
 */
export function renewed<T extends PreviewLease>(lease: T, usedAt: number): T {
  const until = toSecond(usedAt + (lease.expiresAfterMs ?? 0));
  if (lease.expiresAfterMs === undefined || until <= (lease.expiresAt ?? Number.NEGATIVE_INFINITY)) return lease;
  return { ...lease, expiresAt: until, warnedAt: undefined };
}

/** Pure: whether people are to be told now that it is about to expire. */
export const isWarningDue = ({ expiresAt, warnedAt, expiresAfterMs }: PreviewLease, now: number): boolean =>
  expiresAt !== undefined && warnedAt === undefined && now >= expiresAt - warningMs({ expiresAfterMs });

/** Pure: the lease, once people were told at `now`. */
export const warned = <T extends PreviewLease>(lease: T, now: number): T => ({ ...lease, warnedAt: toSecond(now) });

/**
 * Pure: whether it has expired: its time is over, and people were told long enough before. Several clocks may be asked (this machine's, the
 * cluster's, GitHub's): all have to say so, since one that is set wrong must not end what is in use.
 */
export function isExpired({ expiresAt, warnedAt, expiresAfterMs }: PreviewLease, clocks: readonly number[]): boolean {
  if (expiresAt === undefined || warnedAt === undefined || clocks.length === 0) return false;
  const end = Math.max(expiresAt, warnedAt + warningMs({ expiresAfterMs }));
  return clocks.every((now) => now >= end);
}

const toSecond = (ms: number): number => Math.floor(ms / 1000) * 1000;
