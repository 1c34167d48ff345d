import { ConfigurationError } from '../../interfaces/errors.ts';
import type { PullRequests } from '../../interfaces/pull-requests.ts';
import type { PreviewWorld } from '../../janitor/index.ts';
import { type Preview, readPullRequest } from '../../preview/model/index.ts';
import { sayFarewell } from '../../preview/told/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { GitHubPullRequests } from '../../tools/github/pull-requests.ts';
import { connectGitHub } from '../shared/github.ts';

export interface AskedPullRequests extends Pick<PreviewWorld, 'repositoryId' | 'pullRequest'> {
  /** Takes back what people were told of a preview that goes. */
  farewell(preview: Preview, why: string): Promise<void>;
}

/** Pull requests of this run's repository; without a token, or outside of a repository's run, those of none can be asked for. */
export function askedPullRequests(context: ActionContext, token: string): AskedPullRequests {
  const { env, signal } = context;
  const github = connectGitHub(context, token);
  if (github === undefined) {
    const unasked = async () => {
      throw new ConfigurationError('There is no token for GitHub');
    };
    return { repositoryId: undefined, pullRequest: unasked, farewell: async () => undefined };
  }
  return pullRequestsOf(context, new GitHubPullRequests(github, { repository: env.repository, token, signal }), env.repositoryId);
}

/** By way of a client that there is already, of the repository with this id. */
export const pullRequestsOf = (
  { log, signal }: ActionContext,
  pulls: PullRequests,
  repositoryId: number | undefined,
): AskedPullRequests => ({
  repositoryId,
  pullRequest: async (number) => readPullRequest(await pulls.pullRequest(number)),
  // Another repository's have their numbers there.
  farewell: async (preview, why) => {
    if (preview.key.repositoryId === repositoryId) await sayFarewell(preview, why, { pulls, log, signal });
  },
});
