/** When an app was used last, as far as it is known, and after how long without use it is to sleep. */
export interface Use {
  /** Milliseconds since the epoch: deploys, visits that woke it. */
  uses: readonly (number | undefined)[];
  sleepAfterMs: number | undefined;
}

/** Pure: whether it is to sleep now. All clocks have to say so: one that is set wrong must not end what is in use. */
export function isSleepDue({ uses, sleepAfterMs }: Use, clocks: readonly number[]): boolean {
  const known = uses.filter((use) => use !== undefined && Number.isFinite(use)) as number[];
  if (sleepAfterMs === undefined || sleepAfterMs <= 0 || known.length === 0 || clocks.length === 0) return false;
  const last = Math.max(...known);
  return clocks.every((now) => now - last >= sleepAfterMs);
}
