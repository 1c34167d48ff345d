import { ConfigurationError } from '../../interfaces/errors.ts';
import type { PreviewWorld } from '../../janitor/index.ts';
import { readPullRequest } from '../../preview/model/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { GitHubPullRequests } from '../../tools/github/pull-requests.ts';
import { connectGitHub } from '../shared/github.ts';

/** Pull requests of this run's repository; without a token, or outside of a repository's run, those of none can be asked for. */
export function askedPullRequests(context: ActionContext, token: string): Pick<PreviewWorld, 'repositoryId' | 'pullRequest'> {
  const { env, signal } = context;
  const github = connectGitHub(context, token);
  if (github === undefined) {
    const unasked = async () => {
      throw new ConfigurationError('There is no token for GitHub');
    };
    return { repositoryId: undefined, pullRequest: unasked };
  }
  const pulls = new GitHubPullRequests(github, { repository: env.repository, token, signal });
  return { repositoryId: env.repositoryId, pullRequest: async (number) => readPullRequest(await pulls.pullRequest(number)) };
}
