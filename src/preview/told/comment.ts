import { HttpError } from '../../interfaces/errors.ts';
import type { Comment, PullRequests } from '../../interfaces/pull-requests.ts';
import { keyText, type PreviewKey, parseId } from '../model/index.ts';

/** Pure: the first line of the comment of a preview, which nobody sees. */
export const markerOf = (key: PreviewKey, release: string): string => `<!-- todo-deploy preview ${keyText(key)} ${release} -->`;

/** Pure: whose comment it is, by its first line; undefined for any other text. */
export function readMarker(body: string): { key: PreviewKey; release: string } | undefined {
  const [, id, of, release = ''] = /^<!-- todo-deploy preview (\d+)-(\d+) ([a-z0-9-]+) -->\s*$/.exec(body.split('\n', 1)[0] ?? '') ?? [];
  const [repositoryId, number] = [parseId(id), parseId(of)];
  return repositoryId === undefined || number === undefined ? undefined : { key: { repositoryId, number }, release };
}

/** Pure: the comment of this marker by this author, the oldest; anybody may write the marker of another. */
export const ownComment = (comments: readonly Comment[], marker: string, author: string): Comment | undefined =>
  comments.filter((one) => one.author === author && isMarked(one.body, marker)).sort((one, other) => one.id - other.id)[0];

const isMarked = (body: string, marker: string): boolean => body.split(/\r?\n/, 1)[0]?.trim() === marker;

interface WantedComment {
  number: number;
  marker: string;
  /** Markdown, without the marker. */
  body: string;
  /** Where it was the last time. */
  known?: number | undefined;
}

/** Writes the one comment of a preview: edited where it is, created once. Returns its id. Errors: `HttpError`. */
export async function putComment({ number, marker, body, known }: WantedComment, pulls: PullRequests): Promise<number> {
  const text = `${marker}\n${body}`;
  if (known !== undefined && (await pulls.updateComment(known, text))) return known;
  const found = await findOwn(pulls, number, marker);
  if (found && (await pulls.updateComment(found.id, text))) return found.id;
  try {
    return (await pulls.createComment(number, text)).id;
  } catch (error) {
    if (!(error instanceof HttpError) || isRefusal(error)) throw error;
    // The answer may be what was lost.
    const arrived = await findOwn(pulls, number, marker);
    return arrived?.id ?? (await pulls.createComment(number, text)).id;
  }
}

/** Changes the comment where there is one. Returns whether there is. Errors: `HttpError`. */
export async function editComment({ number, marker, body, known }: WantedComment, pulls: PullRequests): Promise<boolean> {
  const text = `${marker}\n${body}`;
  if (known !== undefined && (await pulls.updateComment(known, text))) return true;
  const found = await findOwn(pulls, number, marker);
  return found !== undefined && (await pulls.updateComment(found.id, text));
}

const isRefusal = ({ status }: HttpError): boolean => status >= 400 && status < 500;

async function findOwn(pulls: PullRequests, number: number, marker: string): Promise<Comment | undefined> {
  const [comments, author] = await Promise.all([pulls.comments(number), pulls.author()]);
  return ownComment(comments, marker, author);
}
