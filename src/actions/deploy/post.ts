import type { ActionContext } from '../../runtime/action.ts';
import { healOwn } from '../shared/heal-own-run.ts';
import { readDeployInputs } from './inputs.ts';

export const afterDeploy = (context: ActionContext): Promise<void> => healOwn(context, readDeployInputs);
