import type { ActionContext } from '../../runtime/action.ts';
import { GitHubClient } from '../../tools/github/client.ts';
import { UndiciHttp } from '../../tools/http.ts';

/** GitHub's API for this run's repository; undefined without a token, and outside of a repository's run. */
export function connectGitHub({ env, log }: Pick<ActionContext, 'env' | 'log'>, token: string): GitHubClient | undefined {
  if (token === '' || !env.isRepositoryKnown) return undefined;
  return new GitHubClient({ http: new UndiciHttp(), log, apiUrl: env.apiUrl, token });
}
