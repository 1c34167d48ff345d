import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { PullRequests } from '../../interfaces/pull-requests.ts';
import { note } from '../isolate/index.ts';
import { isWarningDue, marksWith, momentText, type Preview, previewIn, previewSelector, warned } from '../model/index.ts';
import { withGoing } from './boxes.ts';
import { markerOf, ownComment } from './comment.ts';

/** So many a run: the rest is told by the next one. */
const MOST = 5;

/**
 * Tells in the comments of the repository's previews which of them are about to expire; only then they may. `shared`: the namespace that they
 * share; undefined: each has its own. Returns those that were told. Errors: `HttpError`.
 */
export async function warnOfExpiry(
  repositoryId: number,
  now: number,
  tools: { kubernetes: Kubernetes; pulls: PullRequests; shared: string | undefined },
): Promise<Preview[]> {
  const { kubernetes, pulls, shared } = tools;
  const [kind, list] = marksWith(previewSelector(repositoryId), shared);
  const { items } = await kubernetes.list(kind, { ...list, metadataOnly: true });
  const due = items.flatMap((item) => previewIn(item) ?? []).filter((preview) => !preview.ending && isWarningDue(preview, now));
  const told: Preview[] = [];
  for (const preview of due.slice(0, MOST)) {
    await addWarning(preview, pulls);
    // What was renewed meanwhile has time again.
    const kept = await note(kubernetes, preview, (seen) =>
      isWarningDue(seen, now) ? { warnedAt: momentText(warned(seen, now).warnedAt ?? now) } : {},
    );
    if (kept?.warnedAt !== undefined) told.push(kept);
  }
  return told;
}

/** At the end of what the comment says; the next deploy writes it anew. A preview without a comment is told nowhere. */
async function addWarning({ key, release, expiresAt }: Preview, pulls: PullRequests): Promise<void> {
  const [comments, author] = await Promise.all([pulls.comments(key.number), pulls.author()]);
  const comment = ownComment(comments, markerOf(key, release ?? ''), author);
  const when = expiresAt === undefined ? 'soon' : `at ${momentText(expiresAt).slice(0, 16).replace('T', ' ')} UTC`;
  if (comment) await pulls.updateComment(comment.id, withGoing(comment.body, when));
}
