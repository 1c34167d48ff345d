import { cacheScope } from '../../build/cache.ts';
import type { ActionContext } from '../../runtime/action.ts';
import type { BuildPushInputs } from './inputs.ts';

/**
 * Records stand in the registry, where whoever may push could put a false one. Whoever may push could put false layers into the build cache as
 * well: so records are read and written exactly where the cache of the registry is.
 */
export const usesRecords = ({ reuse, cache }: BuildPushInputs): boolean => reuse && cache === 'registry';
export const writesRecords = (context: ActionContext, inputs: BuildPushInputs): boolean =>
  usesRecords(inputs) && inputs.push && cacheScope(context.env).write !== undefined;
