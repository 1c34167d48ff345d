import type { ActionContext } from '../../runtime/action.ts';
import { afterBuild } from '../build-push/post.ts';
import { afterDeploy } from '../deploy/post.ts';
import { buildPart, deployPart } from './inputs.ts';

/** First the app, then what the build left. */
export async function afterPipeline(context: ActionContext): Promise<void> {
  try {
    await afterDeploy(deployPart(context));
  } finally {
    await afterBuild(buildPart(context));
  }
}
