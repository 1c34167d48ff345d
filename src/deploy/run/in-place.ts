import type { Plan } from './run.ts';

/**
 * Pure: whether nothing moves from color to color, since neither this version nor the one before runs in one. Users meet the new version while
 * it is applied, and go back with it.
 */
export const isInPlace = ({ split, active, serving, plain }: Pick<Plan, 'split' | 'active' | 'serving' | 'plain'>): boolean =>
  split.colorless && (active === undefined || serving?.inPlace === true) && !plain?.app.services.length;
