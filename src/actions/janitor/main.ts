import { runAction, runPost } from '../../runtime/action.ts';
import { readKnown } from '../shared/known-inputs.ts';
import { readJanitorInputs } from './inputs.ts';
import { runJanitor } from './run.ts';

export const janitorMain = (): void =>
  runAction('janitor', async (context) => {
    await runJanitor(
      context,
      readKnown(context, () => readJanitorInputs(context)),
    );
  });

/** Removes private files. */
export const janitorPost = (): void => runPost('janitor');
