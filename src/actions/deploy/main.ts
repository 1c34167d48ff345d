import { runAction, runPost } from '../../runtime/action.ts';
import { readKnown } from '../shared/known-inputs.ts';
import { readDeployInputs } from './inputs.ts';
import { afterDeploy } from './post.ts';
import { runDeploy } from './run.ts';

export const deployMain = (): void =>
  runAction('deploy', async (context) => {
    await runDeploy(
      context,
      readKnown(context, () => readDeployInputs(context)),
    );
  });

export const deployPost = (): void => runPost('deploy', afterDeploy);
