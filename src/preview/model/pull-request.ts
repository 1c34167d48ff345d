import { fieldAt, isMap } from '../../interfaces/values.ts';
import { isId, type PreviewKey } from './key.ts';

/** What is known of a pull request, from an event or from GitHub's API: both have the same shape. */
export interface PullRequest {
  key: PreviewKey;
  isOpen: boolean;
  isMerged: boolean;
  isDraft: boolean;
  /** The commit that its author wrote, and not the merge commit. */
  head: string;
  /** Its branch is of another repository, or of one that is gone. */
  isFork: boolean;
  /** Login of who opened it. */
  author: string;
  labels: readonly string[];
}

const COMMIT = /^[0-9a-f]{40}$/;

/**
 * Pure: GitHub's object of a pull request, read strictly; undefined for anything else, such as a page that a proxy put in its place. The
 * base's repository is that of the key: a pull request cannot be moved to another one.
 */
export function readPullRequest(value: unknown): PullRequest | undefined {
  const repositoryId = fieldAt(value, 'base', 'repo', 'id');
  const number = fieldAt(value, 'number');
  const state = fieldAt(value, 'state');
  const head = fieldAt(value, 'head', 'sha');
  const labels = fieldAt(value, 'labels');
  if (!isId(repositoryId) || !isId(number) || (state !== 'open' && state !== 'closed')) return undefined;
  if (typeof head !== 'string' || !COMMIT.test(head) || !Array.isArray(labels)) return undefined;
  const author = fieldAt(value, 'user', 'login');
  return {
    key: { repositoryId, number },
    isOpen: state === 'open',
    isMerged: fieldAt(value, 'merged') === true || typeof fieldAt(value, 'merged_at') === 'string',
    isDraft: fieldAt(value, 'draft') === true,
    head,
    isFork: fieldAt(value, 'head', 'repo', 'id') !== repositoryId,
    author: typeof author === 'string' ? author : '',
    labels: labels.flatMap((label) => (isMap(label) && typeof label.name === 'string' ? [label.name] : [])),
  };
}
