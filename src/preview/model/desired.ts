import { fieldAt } from '../../interfaces/values.ts';
import { type PullRequest, readPullRequest } from './pull-request.ts';

export interface PreviewPolicy {
  /** Only a pull request with this label gets a preview; undefined: each one does. */
  label: string | undefined;
  /** What becomes of a draft. */
  drafts: 'asleep' | 'up' | 'off';
  /** Whether a fork's code gets one, once a person has approved it; left out: no. */
  forks?: boolean;
}

/** What is to be true of a preview, and why, as a clause: `the pull request is closed`. */
export interface Desired {
  /** `nothing`: whatever is there stays as it is. */
  want: 'up' | 'asleep' | 'down' | 'nothing';
  why: string;
}

interface PullRequestEvent {
  name: string;
  payload: Readonly<Record<string, unknown>>;
}

const DEPENDABOT = 'dependabot[bot]';
const FORK = 'the pull request comes from a fork: its code gets neither secrets nor a cluster here';

/**
 * Pure: what a pull request's own state asks for. What it was before does not count, nor does the event: events are lost, come late, and
 * stand in for one another while a run waits for its turn.
 */
export function desiredOf(pullRequest: PullRequest, { label, drafts, forks = false }: PreviewPolicy): Desired {
  if (!pullRequest.isOpen) return { want: 'down', why: `the pull request is ${pullRequest.isMerged ? 'merged' : 'closed'}` };
  if (pullRequest.isFork && !forks) return { want: 'nothing', why: FORK };
  // As GitHub does it: labels are told apart without their case.
  const isLabelled = label === undefined || pullRequest.labels.some((one) => one.toLowerCase() === label.toLowerCase());
  if (!isLabelled) return { want: 'down', why: `the pull request has not the label "${label}"` };
  if (pullRequest.author === DEPENDABOT) return { want: 'nothing', why: 'the pull request is Dependabot’s: GitHub gives it no secrets' };
  if (!pullRequest.isDraft || drafts === 'up')
    return { want: 'up', why: `the pull request is open${pullRequest.isDraft ? ', as a draft' : ''}` };
  return drafts === 'off' ? { want: 'down', why: 'the pull request is a draft' } : { want: 'asleep', why: 'the pull request is a draft' };
}

/** Events whose payload holds a pull request that its repository's own workflow may act on. */
const EVENTS: readonly string[] = ['pull_request'];

/** Pure: what an event asks for. `pull_request_target` and the like run beside secrets for whoever opened a pull request: nothing here. */
export function desiredBy({ name, payload }: PullRequestEvent, policy: PreviewPolicy): Desired & { pullRequest?: PullRequest } {
  if (name === 'merge_group') return { want: 'nothing', why: 'what a merge queue tests gets no preview' };
  if (!EVENTS.includes(name))
    return { want: 'nothing', why: `the event "${name}" is not about a pull request of this repository’s own people` };
  const pullRequest = readPullRequest(payload.pull_request);
  if (pullRequest === undefined) return { want: 'nothing', why: 'the event holds no pull request' };
  if (fieldAt(payload, 'sender', 'login') === DEPENDABOT) {
    return { want: 'nothing', why: 'Dependabot set this run off: GitHub gives it no secrets', pullRequest };
  }
  if (pullRequest.isFork) return { want: 'nothing', why: FORK, pullRequest };
  return { ...desiredOf(pullRequest, policy), pullRequest };
}
