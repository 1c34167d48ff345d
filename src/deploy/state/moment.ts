import type { Clock } from '../../interfaces/clock.ts';

/** A moment on one's own machine: one clock goes on evenly, but stands still while the machine sleeps; the other one may be set by anybody. */
export interface Moment {
  elapsed: number;
  now: number;
}

export const momentOf = (clock: Clock): Moment => ({ elapsed: clock.elapsed(), now: clock.now() });

/** How long it is ago at most, ms. */
export const sinceMs = ({ elapsed, now }: Moment, clock: Clock): number => Math.max(clock.elapsed() - elapsed, clock.now() - now);
