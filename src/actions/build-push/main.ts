import { runAction, runPost } from '../../runtime/action.ts';
import { readBuildPushInputs } from './inputs.ts';
import { afterBuild } from './post.ts';
import { runBuildPush } from './run.ts';

export const buildPushMain = (): void =>
  runAction('build-push', async (context) => {
    await runBuildPush(context, readBuildPushInputs(context));
  });

export const buildPushPost = (): void => runPost('build-push', afterBuild);
