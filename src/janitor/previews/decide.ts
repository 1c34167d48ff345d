import { isExpired, isSameKey, keyText, type Preview, type PreviewKey, type PullRequest } from '../../preview/model/index.ts';

/** What GitHub's API said when it was asked for one pull request; `failed`: nothing that proves anything. */
export type Answer = { pullRequest: PullRequest } | { failed: string };

export interface PreviewQuestion {
  preview: Preview;
  /** undefined: it was not asked, since the pull request is another repository's. */
  answer: Answer | undefined;
  /** Of this machine, of the cluster: all of them have to say that its time is over. */
  clocks: readonly number[];
}

/** `gone` says why it may go, as the end of a sentence; `stays` why it does not. */
export type PreviewDecision = { gone: string; stays?: undefined } | { stays: string; gone?: undefined };

/**
 * Pure: whether a preview may go. Only what is proved counts: this very pull request said to be closed, or a lease that is over by every clock.
 * That something could not be found proves nothing.
 */
export function decidePreview({ preview, answer, clocks }: PreviewQuestion): PreviewDecision {
  // Whoever began it had the proof, and noted it.
  if (preview.ending) return { gone: 'its removal has begun' };
  if (answer !== undefined && 'pullRequest' in answer) {
    const { pullRequest } = answer;
    if (!isSameKey(pullRequest.key, preview.key))
      return { stays: `GitHub answered with another pull request, ${keyText(pullRequest.key)}` };
    if (!pullRequest.isOpen) return { gone: pullRequest.isMerged ? 'its pull request is merged' : 'its pull request is closed' };
  }
  if (isExpired(preview, clocks)) return { gone: 'nobody has used it for as long as it was to stay' };
  if (answer === undefined) return { stays: 'its pull request is another repository’s, and its time is not over' };
  return { stays: 'failed' in answer ? `its pull request could not be asked for: ${answer.failed}` : 'its pull request is open' };
}

/** Pure: of these previews those whose pull request can be asked for here. */
export const isOf = (key: PreviewKey, repositoryId: number | undefined): boolean => key.repositoryId === repositoryId;
