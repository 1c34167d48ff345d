import { runAction, runPost } from '../../runtime/action.ts';
import { readKnown } from '../shared/known-inputs.ts';
import { readRemoveInputs } from './inputs.ts';
import { runRemove } from './run.ts';

export const removeMain = (): void =>
  runAction('remove', async (context) => {
    await runRemove(
      context,
      readKnown(context, () => readRemoveInputs(context)),
    );
  });

/** Removes private files. */
export const removePost = (): void => runPost('remove');
