import { runAction, runPost } from '../../runtime/action.ts';
import { readKnown } from '../shared/known-inputs.ts';
import { readBackupInputs } from './inputs.ts';
import { runBackup } from './run.ts';

export const backupMain = (): void =>
  runAction('backup', async (context) => {
    await runBackup(
      context,
      readKnown(context, () => readBackupInputs(context)),
    );
  });

/** Removes private files. */
export const backupPost = (): void => runPost('backup');
