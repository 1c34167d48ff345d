import type { Event } from '../../interfaces/objects.ts';

/** When it was last seen, ms; 0 where it does not say. */
export const timeOf = ({ series, lastTimestamp, eventTime, metadata }: Event): number =>
  Date.parse(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '') || 0;
