import { ConfigurationError } from '../../interfaces/errors.ts';
import type { PreviewWorld } from '../../janitor/index.ts';
import { readPullRequest } from '../../preview/model/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { ownerAndName } from '../../tools/github/client.ts';
import { connectGitHub } from '../shared/github.ts';

/** Pull requests of this run's repository; without a token, or outside of a repository's run, those of none can be asked for. */
export function askedPullRequests(context: ActionContext, token: string): Pick<PreviewWorld, 'repositoryId' | 'pullRequest'> {
  const { env, signal } = context;
  const github = connectGitHub(context, token);
  return {
    repositoryId: github && env.repositoryId,
    pullRequest: async (number) => {
      if (github === undefined) throw new ConfigurationError('There is no token for GitHub');
      const call = { what: `reading pull request ${number} of ${env.repository}`, needs: 'pull-requests: read', signal };
      const { data } = await github.ask(call, ({ rest }) => rest.pulls.get({ ...ownerAndName(env.repository), pull_number: number }));
      return readPullRequest(data);
    },
  };
}
