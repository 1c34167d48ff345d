import type { PullRequests } from '../../interfaces/pull-requests.ts';
import type { PullRequest } from '../../preview/model/index.ts';
import type { Decided } from './decide.ts';

/** What a run is about: a pull request, why something is done, and where that is told. */
export interface Task extends Omit<Decided, 'pullRequest'> {
  pullRequest: PullRequest;
  pulls: PullRequests;
  /** Page of the run that brings a preview back which is taken down. */
  again?: string | undefined;
}
