import { runAction, runPost } from '../../runtime/action.ts';
import { readKnown } from '../shared/known-inputs.ts';
import { readRollbackInputs } from './inputs.ts';
import { afterRollback } from './post.ts';
import { runRollback } from './run.ts';

export const rollbackMain = (): void =>
  runAction('rollback', async (context) => {
    await runRollback(
      context,
      readKnown(context, () => readRollbackInputs(context)),
    );
  });

export const rollbackPost = (): void => runPost('rollback', afterRollback);
