import type { ActionContext } from '../../runtime/action.ts';
import { healOwn } from '../shared/heal-own-run.ts';
import { readRollbackInputs } from './inputs.ts';

/** After the main step, however it ended: what a killed rollback left is healed as after a deploy. */
export const afterRollback = (context: ActionContext): Promise<void> => healOwn(context, readRollbackInputs);
