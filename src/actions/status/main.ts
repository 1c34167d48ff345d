import { runAction, runPost } from '../../runtime/action.ts';
import { readStatusInputs } from './inputs.ts';
import { runStatus } from './run.ts';

export const statusMain = (): void =>
  runAction('status', async (context) => {
    await runStatus(context, readStatusInputs(context));
  });

/** Removes private files. */
export const statusPost = (): void => runPost('status');
