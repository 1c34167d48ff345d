import { runAction, runPost } from '../../runtime/action.ts';
import { readKnown } from '../shared/known-inputs.ts';
import { readRestoreInputs } from './inputs.ts';
import { runRestore } from './run.ts';

export const restoreMain = (): void =>
  runAction('restore', async (context) => {
    await runRestore(
      context,
      readKnown(context, () => readRestoreInputs(context)),
    );
  });

/** Removes private files. */
export const restorePost = (): void => runPost('restore');
