import { ConfigurationError } from '../../interfaces/errors.ts';
import type { PullRequests } from '../../interfaces/pull-requests.ts';
import { reviewersOf } from '../../preview/fork/index.ts';
import { homeOf } from '../../preview/model/index.ts';
import { sayApproval, tolerant } from '../../preview/told/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { askFor } from './decide.ts';
import { releaseOf } from './deploy-part.ts';
import { connectForks } from './fork.ts';
import type { PreviewInputs } from './inputs.ts';

/**
 * Says in the comment of a fork's pull request that its commit waits until somebody lets it through. What GitHub refuses is said in the log: the
 * approval does not depend on it. Errors: `ConfigurationError`, `ToolError` where GitHub does not say what the pull request is.
 */
export async function tellApproval(context: ActionContext, inputs: PreviewInputs, pulls: PullRequests): Promise<void> {
  const { env, log, setOutput } = context;
  const { number, head, approval: environment } = inputs;
  if (number === undefined || head === undefined || environment === '') {
    const missing = number === undefined ? 'pull-request' : head === undefined ? 'head' : 'approval';
    throw new ConfigurationError(`Input "${missing}" is empty: with "mode: approval" it says what waits for whom`);
  }
  const app = releaseOf(context, inputs);
  const { pullRequest, want, why } = await askFor(pulls, number, undefined, inputs)();
  const { release } = homeOf(pullRequest.key, app, inputs.shared);
  const isOver = want !== 'up' || !pullRequest.isFork || pullRequest.head !== head;
  setOutput('state', isOver ? 'skipped' : 'waiting');
  if (isOver) return log.notice(`Nothing waits for an approval: ${pullRequest.head === head ? why : 'it is at another commit by now'}`);
  if (!inputs.comment) return;
  await tolerant(context, 'That it waits for an approval could not be said in a comment', async () => {
    const reviewers = reviewersOf((await connectForks(context, inputs).protectionRules(environment)) ?? []);
    const approval = { key: pullRequest.key, release, head, environment, reviewers, runUrl: env.runUrl };
    await sayApproval(approval, pulls);
    log.info(`Its comment says that ${head} waits for an approval`);
  });
}
