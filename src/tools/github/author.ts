import { HttpError } from '../../interfaces/errors.ts';
import type { GitHub } from './octokit.ts';

/** Under which GITHUB_TOKEN writes. */
const ACTIONS = 'github-actions[bot]';

type Ask = <T>(what: string, needs: string, body: (github: GitHub) => Promise<T>) => Promise<T>;

/** Login under which a token writes. A job's or an app's token may not ask who it is. `appLogin`: left out, GitHub Actions. */
export async function authorOf(token: string, ask: Ask, appLogin = ACTIONS): Promise<string> {
  if (token.startsWith('ghs_')) return appLogin;
  try {
    return (await ask('asking whose token it is', 'metadata: read', (github) => github.rest.users.getAuthenticated())).data.login;
  } catch (error) {
    // So is an app's token of another form refused.
    if (error instanceof HttpError && error.status === 403) return appLogin;
    throw error;
  }
}
