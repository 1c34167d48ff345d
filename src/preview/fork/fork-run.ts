import { fieldAt, isMap } from '../../interfaces/values.ts';
import { isId, type PullRequest, readPullRequest } from '../model/index.ts';

/** A run of the workflow that builds a fork's code, as GitHub tells the trusted workflow of it. */
export interface ForkRun {
  id: number;
  /** `success`, `failure`, `skipped` … */
  conclusion: string;
  /** The commit that it built. */
  head: string;
  /** `ada:feature` */
  branch: string;
  headRepositoryId: number;
  /** Of the repository that the workflow is in. */
  repositoryId: number;
}

/** Why there is nothing to do, as a clause. */
type Nothing = { why: string };

const COMMIT = /^[0-9a-f]{40}$/;

/** Pure: the payload of a `workflow_run` event. */
export function readForkRun(payload: Readonly<Record<string, unknown>>): ForkRun | Nothing {
  const run = payload.workflow_run;
  const id = fieldAt(run, 'id');
  const conclusion = fieldAt(run, 'conclusion');
  const head = fieldAt(run, 'head_sha');
  const branch = fieldAt(run, 'head_branch');
  const owner = fieldAt(run, 'head_repository', 'owner', 'login');
  const headRepositoryId = fieldAt(run, 'head_repository', 'id');
  const repositoryId = fieldAt(payload, 'repository', 'id');
  if (fieldAt(run, 'event') !== 'pull_request') return { why: 'the run before was not of a pull request' };
  if (!isId(id) || !isId(repositoryId) || typeof head !== 'string' || !COMMIT.test(head) || typeof branch !== 'string' || branch === '') {
    return { why: 'the event does not say which run it is about' };
  }
  if (!isId(headRepositoryId) || typeof owner !== 'string') return { why: 'the fork is gone' };
  if (headRepositoryId === repositoryId) {
    return { why: 'the branch is this repository’s own: its pull request gets its preview without an approval' };
  }
  return { id, conclusion: String(conclusion), head, branch: `${owner}:${branch}`, headRepositoryId, repositoryId };
}

/** A pull request of a fork, and the branch that it is to be merged into. */
export interface Found {
  pullRequest: PullRequest;
  base: string;
}

/**
 * Pure: the pull request that a run was of, among those that GitHub lists for its branch. It has to be at the very commit that was built. Of
 * several that are closed the newest: the janitor has the others.
 */
export function pullRequestOf(run: ForkRun, listed: readonly unknown[]): Found | Nothing {
  const found = listed.flatMap((value) => {
    const pullRequest = readPullRequest(value);
    const base = baseOf(value);
    const isOf = fieldAt(value, 'head', 'repo', 'id') === run.headRepositoryId && pullRequest?.head === run.head;
    const isHere = pullRequest?.key.repositoryId === run.repositoryId && pullRequest.isFork;
    return pullRequest !== undefined && base !== undefined && isOf && isHere ? [{ pullRequest, base }] : [];
  });
  const open = found.filter(({ pullRequest }) => pullRequest.isOpen);
  if (open.length > 1) {
    const numbers = open.map(({ pullRequest }) => pullRequest.key.number).join(' and ');
    return { why: `the commit is that of several pull requests, ${numbers}: which one was approved would not be clear` };
  }
  const [newest] = found.sort((one, other) => other.pullRequest.key.number - one.pullRequest.key.number);
  return open[0] ?? newest ?? { why: `no pull request is at ${run.head}, which was built` };
}

/** Pure: the branch that a pull request is to be merged into, by Git's rules for names; undefined for anything else. */
export function baseOf(pullRequest: unknown): string | undefined {
  const ref = fieldAt(pullRequest, 'base', 'ref');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be in a name
  return typeof ref === 'string' && /^[^-\s~^:?*[\\\x00-\x1f\x7f][^\s~^:?*[\\\x00-\x1f\x7f]{0,243}$/.test(ref) ? ref : undefined;
}

/** Pure: the one artifact that a run handed over. `maxBytes`: packed. */
export function artifactOf(run: ForkRun, listed: readonly unknown[], maxBytes: number): number | Nothing {
  const own = listed.filter(
    (one) => fieldAt(one, 'workflow_run', 'id') === run.id && fieldAt(one, 'workflow_run', 'head_sha') === run.head,
  );
  const [only, ...more] = own;
  const [id, size] = [fieldAt(only, 'id'), fieldAt(only, 'size_in_bytes')];
  if (!isId(id) || more.length > 0) return { why: `the run has handed over ${own.length} artifacts of that name, and one was expected` };
  if (fieldAt(only, 'expired') === true) return { why: 'what the run handed over has expired: it has to be built again' };
  if (typeof size === 'number' && size <= maxBytes) return id;
  return { why: `what the run handed over has ${String(size)} bytes, and ${maxBytes} are taken` };
}

/** Pure: whether somebody has to approve what an environment is used for. */
export const asksReviewers = (rules: readonly unknown[]): boolean =>
  rules.some((rule) => {
    const reviewers = fieldAt(rule, 'reviewers');
    return isMap(rule) && rule.type === 'required_reviewers' && Array.isArray(reviewers) && reviewers.length > 0;
  });

/** Pure: who they are: logins of users, names of teams. */
export const reviewersOf = (rules: readonly unknown[]): string[] =>
  rules.flatMap((rule) => {
    const reviewers = fieldAt(rule, 'reviewers');
    const named = Array.isArray(reviewers) ? reviewers : [];
    return named.flatMap((one) => {
      const [login, team] = [fieldAt(one, 'reviewer', 'login'), fieldAt(one, 'reviewer', 'slug')];
      if (typeof login === 'string') return [login];
      return typeof team === 'string' ? [`team ${team}`] : [];
    });
  });
