import { ConfigurationError } from '../../interfaces/errors.ts';
import type { PullRequests } from '../../interfaces/pull-requests.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { GitHubPullRequests } from '../../tools/github/pull-requests.ts';
import { connectGitHub } from '../shared/github.ts';
import { tellApproval } from './approval.ts';
import { answerBox, boxOf } from './box.ts';
import { decide } from './decide.ts';
import { bringDown } from './down.ts';
import { decideFork } from './fork.ts';
import type { PreviewInputs } from './inputs.ts';
import { lookAround } from './look-around.ts';
import { runUp } from './up.ts';

/** Asks what is wanted, and does it. Throws the error that fails the run, after all is told. */
export async function runPreview(context: ActionContext, inputs: PreviewInputs): Promise<void> {
  const { log, summary } = context;
  const pulls = connectPulls(context, inputs);
  if (inputs.mode === 'approval') return await tellApproval(context, inputs, pulls);
  const ticked = await boxOf(context, pulls);
  if (ticked) {
    context.setOutput('want', 'box');
    context.setOutput('why', `${ticked.sender} ticked "${ticked.box}" in the comment`);
    return inputs.mode === 'plan' ? undefined : await answerBox(context, inputs, pulls, ticked);
  }
  const decided = (await decideFork(context, inputs)) ?? (await decide(context, inputs, pulls));
  context.setOutput('want', decided.want);
  context.setOutput('why', decided.why);
  if (inputs.mode === 'plan') return log.info(`Wanted: ${decided.want}, since ${decided.why}`);
  const { pullRequest } = decided;
  if (decided.want === 'nothing' || pullRequest === undefined) {
    context.setOutput('state', 'skipped');
    summary.heading(2, 'No preview').text(`Nothing is done: ${decided.why}.`);
    return log.notice(`No preview: ${decided.why}`);
  }
  const task = { ...decided, pullRequest, pulls };
  try {
    await (decided.want === 'down' ? bringDown(context, inputs, task) : runUp(context, inputs, task));
  } catch (error) {
    if (!(error instanceof ConfigurationError)) await lookAround(context, inputs, task);
    throw error;
  }
  await lookAround(context, inputs, task);
}

function connectPulls(context: ActionContext, inputs: PreviewInputs): PullRequests {
  const client = connectGitHub(context, inputs.githubToken);
  if (client === undefined) {
    throw new ConfigurationError('A preview is of a pull request: there is no token, or no repository of GitHub', {
      hint: 'Set the input "github-token"; outside of a workflow also GITHUB_REPOSITORY=owner/name.',
    });
  }
  return new GitHubPullRequests(client, {
    repository: context.env.repository,
    token: inputs.githubToken,
    appLogin: inputs.commentAuthor,
    signal: context.signal,
  });
}
