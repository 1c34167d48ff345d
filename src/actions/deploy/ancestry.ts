import type { Ancestry } from '../../deploy/options.ts';
import type { Http } from '../../interfaces/http.ts';
import type { Log } from '../../interfaces/log.ts';
import type { ProcessRunner } from '../../interfaces/process.ts';

const COMMIT = /^[0-9a-f]{40}$/;
const LIMIT_MS = 20_000;
/** A checkout that another user made (containers) is read all the same. */
const SAFE = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' };

interface Source {
  runner: ProcessRunner;
  http: Http;
  log: Log;
  workspace: string;
  apiUrl: string;
  repository: string;
  /** Empty: public repositories only. */
  token: string;
}

/** How two commits relate: by the checkout where it holds both, else by GitHub's compare API. */
export function ancestryOf(source: Source): Ancestry {
  return async (version, to) => {
    if (version === to) return 'same';
    if (!COMMIT.test(version) || !COMMIT.test(to)) return 'unknown';
    return (await byCheckout(source, version, to)) ?? (await byGitHub(source, version, to)) ?? 'unknown';
  };
}

/** undefined where the checkout does not hold both, as a shallow one. */
async function byCheckout({ runner, workspace }: Source, version: string, to: string): Promise<'older' | 'newer' | undefined> {
  const isAncestor = async (one: string, other: string): Promise<boolean | undefined> => {
    const { exitCode } = await runner.run({
      command: ['git', '-C', workspace, 'merge-base', '--is-ancestor', one, other],
      env: SAFE,
      timeoutMs: LIMIT_MS,
      okExitCodes: [0, 1, 128],
    });
    return exitCode === 0 ? true : exitCode === 1 ? false : undefined;
  };
  try {
    if (await isAncestor(version, to)) return 'older';
    if (await isAncestor(to, version)) return 'newer';
  } catch {
    // No Git here.
  }
  return undefined;
}

async function byGitHub(
  { http, log, apiUrl, repository, token }: Source,
  version: string,
  to: string,
): Promise<'older' | 'newer' | undefined> {
  if (token === '' || repository === 'local/local') return undefined;
  try {
    const answer = await http.request({
      method: 'GET',
      url: `${apiUrl}/repos/${repository}/compare/${to}...${version}?per_page=1`,
      headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${token}` },
      timeoutMs: LIMIT_MS,
    });
    const { status } = JSON.parse(answer.body) as { status?: string };
    if (status === 'behind') return 'older';
    return status === 'ahead' ? 'newer' : undefined;
  } catch (error) {
    log.debug(`GitHub could not compare ${to} and ${version}: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}
