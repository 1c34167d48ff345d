import type { Ancestry } from '../../deploy/run/options.ts';
import { DeployError } from '../../interfaces/errors.ts';
import type { Log } from '../../interfaces/log.ts';
import type { ProcessRunner } from '../../interfaces/process.ts';
import type { GitHubClient } from '../../tools/github/client.ts';

const COMMIT = /^[0-9a-f]{40}$/;
const LIMIT_MS = 20_000;
/** A checkout that another user made (containers) is read anyway. */
const SAFE = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' };

interface Source {
  runner: ProcessRunner;
  log: Log;
  workspace: string;
  repository: string;
  /** undefined without a token: then only the checkout can tell. */
  github: Pick<GitHubClient, 'compare'> | undefined;
  signal?: AbortSignal;
}

/** How two commits relate: by the checkout where it holds both, else by GitHub's compare API. */
export function ancestryOf(source: Source): Ancestry {
  return async (one, other) => {
    if (one === other) return 'same';
    const [version, to] = [commitOf(one), commitOf(other)];
    if (!COMMIT.test(version) || !COMMIT.test(to)) return 'unknown';
    return (await byCheckout(source, version, to)) ?? (await byGitHub(source, version, to)) ?? 'unknown';
  };
}

/** What was built of a commit with changes is as old as that. */
const commitOf = (version: string): string => version.replace(/-dirty$/, '');

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

async function byGitHub({ github, log, repository, signal }: Source, version: string, to: string): Promise<'older' | 'newer' | undefined> {
  if (github === undefined) return undefined;
  try {
    const comparison = await github.compare(repository, to, version, signal);
    if (comparison === undefined)
      log.info(`GitHub does not know both ${to} and ${version} in ${repository}: which one is older is unknown`);
    if (comparison === 'behind') return 'older';
    return comparison === 'ahead' ? 'newer' : undefined;
  } catch (error) {
    signal?.throwIfAborted();
    const hint = error instanceof DeployError && error.hint ? ` ${error.hint}` : '';
    log.warning(`Could not find out which of two versions is older: ${error instanceof Error ? error.message : error}.${hint}`);
    return undefined;
  }
}
