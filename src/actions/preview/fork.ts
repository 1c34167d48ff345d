import { existsSync } from 'node:fs';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ForkRuns } from '../../interfaces/fork-runs.ts';
import { artifactOf, asksReviewers, baseOf, pullRequestOf, readForkRun } from '../../preview/fork/index.ts';
import { desiredOf } from '../../preview/model/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { GitHubForkRuns } from '../../tools/github/forks.ts';
import type { DeployInputs } from '../deploy/inputs.ts';
import { Checkout } from '../shared/checkout.ts';
import type { ClusterTools } from '../shared/cluster-access.ts';
import { connectGitHub } from '../shared/github.ts';
import type { Decided } from './decide.ts';
import type { PreviewInputs } from './inputs.ts';
import type { Task } from './task.ts';

/** Bytes of an artifact, packed. */
const MAX_ARTIFACT = 4 * 1024 ** 3;

/**
 * What a run that built a fork's code asks for; undefined where this is about something else. Number and commit are GitHub's, nothing is taken
 * from what was built. Sets the outputs that the jobs after it work with. Errors: `ConfigurationError` where nobody would approve it; `HttpError`.
 */
export async function decideFork(context: ActionContext, inputs: PreviewInputs): Promise<Decided | undefined> {
  const { env, log, setOutput } = context;
  if (env.eventName !== 'workflow_run' || inputs.mode !== 'plan' || inputs.policy.forks !== true) return undefined;
  const nothing = (why: string): Decided => ({ want: 'nothing', why, pullRequest: undefined, head: '' });
  const run = readForkRun(env.event);
  if ('why' in run) return nothing(run.why);
  const runs = connectForks(context, inputs);
  const found = pullRequestOf(run, await runs.pullRequests(run.branch));
  if ('why' in found) return nothing(found.why);
  const { pullRequest, base } = found;
  const desired = desiredOf(pullRequest, inputs.policy);
  if (desired.want === 'up') {
    if (run.conclusion !== 'success') return nothing(`the run that was to build it ended as "${run.conclusion}"`);
    const artifact = artifactOf(run, await runs.artifacts(run.id, inputs.artifact), MAX_ARTIFACT);
    if (typeof artifact !== 'number') return nothing(artifact.why);
    await requireReviewers(runs, inputs.approval);
    setOutput('artifact-id', String(artifact));
  }
  setOutput('pull-request', String(pullRequest.key.number));
  setOutput('head', run.head);
  setOutput('base', base);
  log.info(`Pull request ${pullRequest.key.number} of a fork, at ${run.head}, into ${base}`);
  return { ...desired, pullRequest, head: run.head };
}

/** An environment that does not exist is made by the first job that names it, without any rule. Throws ConfigurationError. */
async function requireReviewers(runs: ForkRuns, environment: string): Promise<void> {
  const rules = environment === '' ? undefined : await runs.protectionRules(environment);
  if (rules !== undefined && asksReviewers(rules)) return;
  const what =
    environment === ''
      ? 'is empty'
      : `is "${environment}", ${rules === undefined ? 'which does not exist' : 'which has no required reviewers'}`;
  throw new ConfigurationError(`Input "approval" ${what}: a fork’s code would be deployed that nobody has looked at`, {
    hint: 'In the settings of the repository, under Environments, make one of that name with required reviewers.',
  });
}

/**
 * What is deployed for a fork is the commit that was approved, and whatever decides how is of the base branch: the checkout is a commit of it, and
 * the chart is as it was committed there. Throws ConfigurationError.
 */
export async function requireBase(
  context: ActionContext,
  inputs: PreviewInputs,
  { pullRequest, pulls }: Task,
  { runner, wanted }: Pick<ClusterTools, 'runner'> & { wanted: Pick<DeployInputs, 'chart' | 'valueFiles'> },
): Promise<void> {
  const { env } = context;
  if (inputs.head === undefined) {
    throw new ConfigurationError('Input "head" is empty: of a fork the commit is deployed that somebody has approved, and no other', {
      hint: 'Use preview-fork.yml, which asks for the approval and sets it.',
    });
  }
  const base = baseOf(await pulls.pullRequest(pullRequest.key.number));
  const checkout = new Checkout(runner, env);
  const revision = (await checkout.head())?.revision;
  const relation = base === undefined || revision === undefined ? undefined : await connectForks(context, inputs).compare(base, revision);
  if (relation !== 'identical' && relation !== 'behind') {
    throw new ConfigurationError(
      `The checkout is at ${revision ?? 'no commit'}, which is none of the base branch ${base ?? ''}: a fork’s chart is not trusted`,
      {
        hint: 'Check the base branch out: it decides about the chart, its values and its hooks.',
      },
    );
  }
  // A chart in a registry is none of the checkout's.
  const [changed] = await checkout.uncommitted([wanted.chart, ...wanted.valueFiles].filter((path) => existsSync(path)));
  if (changed === undefined) return;
  throw new ConfigurationError(`${changed} is not as it was committed to ${base}: a fork’s chart is not trusted`, {
    hint: 'Nothing may be written into the chart or its value files between the checkout and this step.',
  });
}

/** Throws ConfigurationError. */
export function connectForks(context: ActionContext, { githubToken }: PreviewInputs): ForkRuns {
  const client = connectGitHub(context, githubToken);
  if (client === undefined) throw new ConfigurationError('Input "github-token" is empty', { hint: 'It reads pull requests and runs.' });
  return new GitHubForkRuns(client, { repository: context.env.repository, signal: context.signal });
}
