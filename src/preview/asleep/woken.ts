import type { Service } from '../../interfaces/objects.ts';
import { WOKEN_NOTE } from '../../waker/index.ts';

/** How far the waker's clock may be before ours. */
const SKEW_MS = 60_000;

/** Pure: when a visit woke it last, ms since the epoch; what says to be in the future is not believed. */
export function lastWoken(services: readonly Pick<Service, 'metadata'>[], clocks: readonly number[]): number | undefined {
  const times = services.map(({ metadata }) => Date.parse(metadata.annotations?.[WOKEN_NOTE] ?? ''));
  const known = times.filter((time) => Number.isFinite(time) && clocks.every((now) => time <= now + SKEW_MS));
  return known.length === 0 ? undefined : Math.max(...known);
}
