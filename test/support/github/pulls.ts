import type { Log } from '../../../src/interfaces/log.ts';
import { GitHubClient } from '../../../src/tools/github/client.ts';
import { GitHubPullRequests } from '../../../src/tools/github/pull-requests.ts';
import { UndiciHttp } from '../../../src/tools/http.ts';
import { QUIET } from '../log.ts';
import type { GitHubStandIn } from './server.ts';

/** Pull requests of acme/todo at the stand-in. `more`: of the client, which else waits as for GitHub itself. */
export function pullsAt(standIn: GitHubStandIn, more: { log?: Log; secondMs?: number; patienceMs?: number } = {}): GitHubPullRequests {
  const client = new GitHubClient({ http: new UndiciHttp(), log: QUIET, apiUrl: standIn.url, token: 'ghs_x', ...more });
  return new GitHubPullRequests(client, { repository: 'acme/todo', token: 'ghs_x', signal: new AbortController().signal });
}
