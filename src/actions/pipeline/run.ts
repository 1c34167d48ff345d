import type { ActionContext } from '../../runtime/action.ts';
import type { BuildPushReport } from '../build-push/report.ts';
import { runBuildPush } from '../build-push/run.ts';
import { runDeploy } from '../deploy/run.ts';
import { buildPart, deployPart, type PipelineInputs } from './inputs.ts';

/**
 * Build, scan, and push or load; then deploy that. The smoke checks run inside the deploy, on the new pods before the switch and through the
 * front door after it: there a failure still leads to a rollback.
 */
export async function runPipeline(context: ActionContext, inputs: PipelineInputs): Promise<void> {
  const { log } = context;
  const title = inputs.build.load === undefined ? 'Build, scan, push' : 'Build, scan, load';
  const built = await log.group(title, () => runBuildPush(buildPart(context), inputs.build));
  if (!built.pushed && built.loaded === undefined && !inputs.deploy.dryRun) {
    context.setOutput('status', 'not-deployed');
    log.notice(
      'Not deployed: the images were built and scanned, but not pushed (the input "push" is false, or this is a pull request from a fork)',
    );
    return;
  }
  const deploy = { ...inputs.deploy, version: built.version, images: imagesOf(built) };
  await runDeploy(deployPart(context), deploy);
}

/** By digest; by tag where it was loaded, and in a dry run, where nothing was pushed: the plan is not to look for them in the registry. */
function imagesOf({ images, pushed, version }: BuildPushReport): PipelineInputs['deploy']['images'] {
  return images.map(({ repository, digest, tags }) => (pushed ? { repository, digest } : { repository, tag: tags[0] ?? version }));
}
