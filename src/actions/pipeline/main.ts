import { runAction, runPost } from '../../runtime/action.ts';
import { afterBuild } from '../build-push/post.ts';
import { afterDeploy } from '../deploy/post.ts';
import { buildPart, deployPart, readPipelineInputs } from './inputs.ts';
import { runPipeline } from './run.ts';

export const pipelineMain = (): void => runAction('todo-deploy', (context) => runPipeline(context, readPipelineInputs(context)));

/** First the app, then what the build left. */
export const pipelinePost = (): void =>
  runPost('todo-deploy', async (context) => {
    try {
      await afterDeploy(deployPart(context));
    } finally {
      await afterBuild(buildPart(context));
    }
  });
