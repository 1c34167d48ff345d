import { ConfigurationError } from '../../interfaces/errors.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { PullRequests } from '../../interfaces/pull-requests.ts';
import type { PreviewWorld } from '../../janitor/index.ts';
import type { Receipt } from '../../preview/gone/index.ts';
import { type Preview, readPullRequest } from '../../preview/model/index.ts';
import { editComment, finishFarewells, markerOf, sayFarewell, tolerant } from '../../preview/told/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { GitHubPullRequests } from '../../tools/github/pull-requests.ts';
import { connectGitHub } from '../shared/github.ts';
import { goneComment } from '../shared/preview-comment.ts';

export interface AskedPullRequests extends Pick<PreviewWorld, 'repositoryId' | 'pullRequest'> {
  /** Takes back what people were told of a preview that goes. Returns whether its deployments at GitHub are inactive. */
  farewell(preview: Preview, why: string, place: string | undefined): Promise<boolean>;
  /** Says in its comment what became of it: nobody comes back to one that says that it goes. */
  tell(preview: Preview, receipt: Receipt, deploymentEnded: boolean): Promise<void>;
  /** Finishes what others were killed over: comments that say that a preview goes which has gone. `shared`: the namespace that previews share. */
  finish(kubernetes: Kubernetes, shared: string | undefined): Promise<void>;
}

/** Pull requests of this run's repository; without a token, or outside of a repository's run, those of none can be asked for. */
export function askedPullRequests(context: ActionContext, token: string): AskedPullRequests {
  const { env, signal } = context;
  const github = connectGitHub(context, token);
  if (github === undefined) {
    const none = async () => undefined;
    const unasked = async () => {
      throw new ConfigurationError('There is no token for GitHub');
    };
    return { repositoryId: undefined, pullRequest: unasked, farewell: async () => false, tell: none, finish: none };
  }
  return pullRequestsOf(context, new GitHubPullRequests(github, { repository: env.repository, token, signal }), env.repositoryId);
}

/** By way of a client that there is already, of the repository with this id. */
export const pullRequestsOf = (
  { log, signal, secrets, env }: ActionContext,
  pulls: PullRequests,
  repositoryId: number | undefined,
): AskedPullRequests => ({
  repositoryId,
  pullRequest: async (number) => readPullRequest(await pulls.pullRequest(number)),
  // Another repository's have their numbers there.
  farewell: async (preview, why, place) =>
    preview.key.repositoryId === repositoryId && (await sayFarewell(preview, why, { place, pulls, log, signal })),
  finish: async (kubernetes, shared) => {
    if (repositoryId === undefined) return;
    const what = 'Whether a comment says that a preview goes which has gone is not known';
    const call = () => finishFarewells(repositoryId, { kubernetes, pulls, shared });
    const finished = await tolerant({ log, signal }, what, call, 'info');
    for (const number of finished ?? []) log.info(`The comment of pull request ${number} says now that its preview is gone`);
  },
  tell: async ({ key, release = '', head, comment: known }, receipt, deploymentEnded) => {
    // Nothing was said of one that never came up.
    if (key.repositoryId !== repositoryId || (head === undefined && known === undefined)) return;
    const about = { release, head: head ?? '', runUrl: env.runUrl };
    const body = secrets.clean(goneComment(about, [receipt], deploymentEnded));
    const wanted = { number: key.number, marker: markerOf(key, release), body, known };
    await tolerant({ log, signal }, 'The comment does not say that it is gone', () => editComment(wanted, pulls));
  },
});
