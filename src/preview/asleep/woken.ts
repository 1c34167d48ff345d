import type { Service } from '../../interfaces/objects.ts';
import { WOKEN_NOTE } from '../../waker/index.ts';

/** How far another clock may be before ours. */
const SKEW_MS = 60_000;

/** Pure: a time that others noted, ms since the epoch; undefined for what says to be in the future. */
export const believed = (time: number | undefined, clocks: readonly number[]): number | undefined =>
  time !== undefined && Number.isFinite(time) && clocks.every((now) => time <= now + SKEW_MS) ? time : undefined;

/** Pure: when a visit woke it last, ms since the epoch. */
export function lastWoken(services: readonly Pick<Service, 'metadata'>[], clocks: readonly number[]): number | undefined {
  const times = services.map(({ metadata }) => Date.parse(metadata.annotations?.[WOKEN_NOTE] ?? ''));
  const known = times.filter((time) => believed(time, clocks) !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
