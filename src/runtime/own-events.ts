import { fieldAt } from '../interfaces/values.ts';

/**
 * Events that only people with write access to a repository set off, on a commit of its own. Any other one, known today or not, may carry
 * somebody else's code: `pull_request_target`, `workflow_run`, `issue_comment` and `check_run` run beside secrets for whoever opened a pull
 * request, under the name of the default branch.
 */
const OWN: readonly string[] = [
  'push',
  'schedule',
  'workflow_dispatch',
  'repository_dispatch',
  'release',
  'merge_group',
  'create',
  'deployment',
];

/** A pull request counts if its branch is in this repository. No name: not a workflow of GitHub's, and its user's own machine. */
export function isOwnEvent(name: string, event: Readonly<Record<string, unknown>>, repository: string): boolean {
  const fromHere = (): boolean => fieldAt(event, 'pull_request', 'head', 'repo', 'full_name') === repository;
  if (name === '') return event.pull_request === undefined || fromHere();
  return name === 'pull_request' ? fromHere() : OWN.includes(name);
}
