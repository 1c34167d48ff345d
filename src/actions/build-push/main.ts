import { answerToInput } from '../../build/docker-words.ts';
import { runAction, runPost } from '../../runtime/action.ts';
import { readKnown } from '../shared/known-inputs.ts';
import { readBuildPushInputs } from './inputs.ts';
import { afterBuild } from './post.ts';
import { runBuildPush } from './run.ts';

export const buildPushMain = (): void =>
  runAction('build-push', async (context) => {
    await runBuildPush(
      context,
      readKnown(context, () => readBuildPushInputs(context), { answer: answerToInput }),
    );
  });

export const buildPushPost = (): void => runPost('build-push', afterBuild);
