import { runAction, runPost } from '../../runtime/action.ts';
import { readPipelineInputs } from './inputs.ts';
import { afterPipeline } from './post.ts';
import { runPipeline } from './run.ts';

export const pipelineMain = (): void => runAction('todo-deploy', (context) => runPipeline(context, readPipelineInputs(context)));

export const pipelinePost = (): void => runPost('todo-deploy', afterPipeline);
