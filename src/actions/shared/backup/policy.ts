import { type RetentionPolicy, readKeep } from '../../../backup/index.ts';
import type { ActionContext } from '../../../runtime/action.ts';

export const KEEP = '24h 7d 4w 12m';

/** What retention may remove. Throws ConfigurationError. */
export const readPolicy = ({ inputs }: Pick<ActionContext, 'inputs'>): RetentionPolicy => ({
  keep: readKeep(inputs.string('keep', { default: KEEP, pattern: /^/ })),
  keepGood: inputs.integer('keep-good', { default: 3, min: 1, max: 100 }),
  cap: inputs.integer('cap', { default: 20, min: 0, max: 1000 }),
});
