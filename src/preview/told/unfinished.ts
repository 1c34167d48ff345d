import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Comment, PullRequests } from '../../interfaces/pull-requests.ts';
import { placeOf } from '../gone/index.ts';
import { marksWith, type PreviewKey, previewIn, previewSelector } from '../model/index.ts';
import { readMarker } from './comment.ts';

const UID = '[0-9a-zA-Z-]{1,64}';

/** Pure: what a comment that says that a preview goes carries along, unseen: whose preview it is, and in which cluster. */
export const goingMark = (place: string, uid: string): string => `<!-- todo-deploy:going ${place} ${uid} -->`;

interface Going {
  comment: Comment;
  key: PreviewKey;
  release: string;
  place: string;
  uid: string;
}

/** Pure: what a comment of ours says to be going; undefined for any other. */
export function goingIn(comment: Comment, author: string): Going | undefined {
  const marked = comment.author === author ? readMarker(comment.body) : undefined;
  const [, place, uid] = new RegExp(`^<!-- todo-deploy:going (${UID}) (${UID}) -->\\s*$`, 'm').exec(comment.body) ?? [];
  return marked && place !== undefined && uid !== undefined ? { ...marked, comment, place, uid } : undefined;
}

interface Tools {
  kubernetes: Kubernetes;
  pulls: PullRequests;
  /** The namespace that previews share; undefined: each has its own. */
  shared: string | undefined;
}

/**
 * Comments that say that a preview goes, though it has gone: whoever took it down was killed before it could say so. Only those of this cluster
 * are looked at, and only what its own list does not hold counts as gone. Returns the numbers of their pull requests. Errors: `HttpError`.
 */
export async function finishFarewells(repositoryId: number, { kubernetes, pulls, shared }: Tools): Promise<number[]> {
  const place = await placeOf(kubernetes, shared);
  const [comments, author] = await Promise.all([pulls.newestComments(), pulls.author()]);
  const going = comments
    .flatMap((comment) => goingIn(comment, author) ?? [])
    .filter((one) => one.place === place && one.key.repositoryId === repositoryId);
  if (going.length === 0) return [];
  // After the comments: what was made anew since has another UID.
  const { items } = await kubernetes.list(...marksWith(previewSelector(repositoryId), shared));
  const there = new Set(items.flatMap((item) => previewIn(item)?.uid ?? []));
  const finished: number[] = [];
  for (const { comment, key, release, uid } of going) {
    if (there.has(uid)) continue;
    // Whoever took it down may have said more meanwhile.
    const now = (await pulls.comments(key.number)).find(({ id }) => id === comment.id);
    if (now?.body !== comment.body) continue;
    if (await pulls.updateComment(comment.id, goneText(comment.body, release))) finished.push(key.number);
  }
  return finished;
}

/** Pure: what is said of one that was looked for, and is not there; the marker stays. */
const goneText = (body: string, release: string): string =>
  `${body.split('\n', 1)[0]}\n### Preview of \`${release}\`: ✓ gone\n\n` +
  'The run that took it down was ended before it could say so. A later one has looked for it again: it is not there any more.';
