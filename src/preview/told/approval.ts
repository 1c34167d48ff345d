import type { Comment, PullRequests } from '../../interfaces/pull-requests.ts';
import { isSameKey, type PreviewKey } from '../model/index.ts';
import { markerOf, ownComment, putComment, readMarker } from './comment.ts';

/** A commit of a fork that nobody has let through yet. */
export interface Approval {
  key: PreviewKey;
  release: string;
  /** The commit. */
  head: string;
  environment: string;
  /** Who may let it through, as far as it is known: `ada`, `the team core`. */
  reviewers: readonly string[];
  /** Page of the run that waits. */
  runUrl: string | undefined;
}

const WAITING = ': … waiting';
const MARK = '<!-- todo-deploy:approval -->';

/**
 * Says in the comment of a preview that a commit waits for an approval: below what it says of the one that is there, or in a comment of its
 * own. The next deploy writes it anew. Errors: `HttpError`.
 */
export async function sayApproval(approval: Approval, pulls: PullRequests): Promise<void> {
  const { key, release } = approval;
  const marker = markerOf(key, release);
  const [comments, author] = await Promise.all([pulls.comments(key.number), pulls.author()]);
  const own = ownComment(comments, marker, author);
  const text = approvalText(approval);
  if (own && (await pulls.updateComment(own.id, withEnd(own.body, text)))) return;
  await putComment({ number: key.number, marker, body: withEnd(`### Preview of \`${release}\`${WAITING}`, text) }, pulls);
}

/** Takes it back in all comments of a pull request that is over. Returns in how many. Errors: `HttpError`. */
export async function endApproval(key: PreviewKey, why: string, pulls: PullRequests): Promise<number> {
  const [comments, author] = await Promise.all([pulls.comments(key.number), pulls.author()]);
  const waiting = comments.filter((comment) => isWaiting(comment, key, author));
  for (const { id, body } of waiting) {
    await pulls.updateComment(id, withEnd(body.replace(WAITING, ': none'), `Nobody has to approve it any more: ${why}.`));
  }
  return waiting.length;
}

function isWaiting({ author: by, body }: Comment, key: PreviewKey, author: string): boolean {
  const marked = readMarker(body);
  return by === author && marked !== undefined && isSameKey(marked.key, key) && body.includes(MARK);
}

/** Pure: Markdown; whatever was said of an approval before is gone. */
const withEnd = (body: string, text: string): string => `${body.split(MARK)[0]?.trimEnd()}\n\n${MARK}\n${text}`;

/** Pure. An environment's name and GitHub's logins have no mark of Markdown that could do harm: both are shown as code. */
export function approvalText({ head, environment, reviewers, runUrl }: Approval): string {
  const who = reviewers.length === 0 ? '' : ` (${reviewers.map((name) => code(name)).join(', ')})`;
  const where = runUrl === undefined ? 'the page of the run' : `[the page of the run](${runUrl})`;
  return (
    `**Commit ${code(head.slice(0, 7))} of a fork waits for an approval.** ` +
    `A reviewer of the environment ${code(environment)}${who} lets it through, or turns it down, with *Review deployments* on ${where}. ` +
    'Until then nothing of it is deployed.'
  );
}

const code = (text: string): string => `\`${text.replaceAll('`', '')}\``;
