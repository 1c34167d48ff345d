import type { PlayedPullRequests } from '../../../support/github/pull-requests.ts';
import type { Quality } from '../../support/pods.ts';
import type { Box } from './history.ts';

/** An event as its run gets it, however long after. */
export interface Sent {
  number: number;
  event: 'pull_request' | 'issue_comment' | 'workflow_run';
  payload: Readonly<Record<string, unknown>>;
  /** The commit that it is about, and how that turns out. */
  head: string;
  quality: Quality;
  /** What its workflow sets beside the usual. */
  inputs: Readonly<Record<string, string>>;
  /** The box that was ticked, and whether whoever did it may. */
  ticked?: { box: Box; may: boolean; by: string };
}

interface About {
  number: number;
  head: string;
  quality: Quality;
  repositoryId: number;
}

interface TickedComment {
  box: Box;
  may: boolean;
  comment: { id: number; login: string; body: string };
  from: string;
  by: string;
  repositoryId: number;
}

/** What GitHub has sent, so that jobs can be run again. */
export class Events {
  readonly #sent = new Map<number, Sent[]>();
  #runs = 0;

  /** The event that many events ago. */
  earlier = (number: number, back: number): Sent | undefined => this.#sent.get(number)?.at(-1 - back);

  pullRequest({ number, head, quality, repositoryId }: About, action: string, object: unknown): Sent {
    const payload = { action, number, pull_request: object, sender: { login: 'ada' }, repository: { id: repositoryId } };
    return this.#keep({ number, event: 'pull_request', payload, head, quality, inputs: {} });
  }

  /** A fork's commit was built by a run without secrets, or its pull request closed, and the trusted workflow hears of it. */
  built({ number, head, quality, repositoryId }: About, fork: number, isOpen: boolean, played: PlayedPullRequests): Sent {
    const id = ++this.#runs;
    if (isOpen) played.artifacts.push({ id, name: 'todo-deploy-images', run: id, head });
    const run = {
      id,
      event: 'pull_request',
      conclusion: isOpen ? 'success' : 'skipped',
      head_sha: head,
      head_branch: 'feature',
      head_repository: { id: fork, owner: { login: 'eve' } },
    };
    const payload = { action: 'completed', workflow_run: run, repository: { id: repositoryId } };
    return this.#keep({ number, event: 'workflow_run', payload, head, quality, inputs: { forks: 'approved' } });
  }

  ticked(number: number, head: string, { box, may, comment, from, by, repositoryId }: TickedComment): Sent {
    const payload = {
      action: 'edited',
      comment: { id: comment.id, user: { login: comment.login }, body: comment.body },
      changes: { body: { from } },
      sender: { login: by },
      issue: { number },
      repository: { id: repositoryId },
    };
    return { number, event: 'issue_comment', payload, head, quality: 'good', inputs: {}, ticked: { box, may, by } };
  }

  #keep(sent: Sent): Sent {
    this.#sent.set(sent.number, [...(this.#sent.get(sent.number) ?? []), sent]);
    return sent;
  }
}
