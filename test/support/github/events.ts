import type { PlayedPullRequests } from './pull-requests.ts';

/** The payload of `pull_request`: of what GitHub sends, what the product and its workflows read. */
export function pullRequestEvent(played: PlayedPullRequests, number: number, action: string): Record<string, unknown> {
  const pullRequest = played.object(number);
  return { action, number, pull_request: pullRequest, repository: pullRequest.base.repo, sender: { login: 'ada' } };
}

/** The payload of `issue_comment` after somebody has edited the comment with this id. */
export function commentEvent(
  played: PlayedPullRequests,
  id: number,
  { body, sender }: { body: string; sender: string },
): Record<string, unknown> {
  const before = played.comments.find((one) => one.id === id);
  if (!before) throw new Error(`There is no comment ${id}`);
  return {
    action: 'edited',
    issue: { number: before.number, pull_request: {} },
    comment: { id, body, user: { login: before.login } },
    changes: { body: { from: before.body } },
    repository: played.object(before.number).base.repo,
    sender: { login: sender },
  };
}

interface EndedRun {
  id: number;
  conclusion: 'success' | 'failure' | 'skipped';
  head: string;
  forkId: number;
}

/** The payload of `workflow_run`, once a run for a pull request of the fork `eve:feature` has ended. */
export const endedRunEvent = (repositoryId: number, { id, conclusion, head, forkId }: EndedRun): Record<string, unknown> => ({
  action: 'completed',
  repository: { id: repositoryId, full_name: 'acme/todo', default_branch: 'main' },
  workflow_run: {
    id,
    event: 'pull_request',
    conclusion,
    head_sha: head,
    head_branch: 'feature',
    head_repository: { id: forkId, owner: { login: 'eve' } },
  },
});
