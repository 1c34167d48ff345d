import type { Comment } from '../../interfaces/pull-requests.ts';
import { fieldAt } from '../../interfaces/values.ts';
import { isId, isSameKey, type PreviewKey } from '../model/index.ts';
import { readMarker } from './comment.ts';

/** What people can ask for by ticking a box in the comment. */
type Box = 'extend' | 'reset' | 'delete';

const TEXTS: Readonly<Record<Box, string>> = {
  extend: 'Let it stay longer',
  reset: 'Reset its data: take it down now, to be brought up anew by running its job again',
  delete: 'Take it down now (the next push brings it back)',
};
const NAMES = Object.keys(TEXTS) as Box[];
const mark = (box: Box): string => `<!-- todo-deploy:${box} -->`;

/** Pure: Markdown of the boxes, none ticked, a line each. */
export const boxItems = (): string[] => NAMES.map((box) => `[ ] ${TEXTS[box]} ${mark(box)}`);

export interface Ticked {
  box: Box;
  key: PreviewKey;
  release: string;
  comment: Comment;
  /** Login of who ticked it. */
  sender: string;
}

/**
 * Pure: the box that somebody ticked just now in the comment that `author` (this product) wrote. Undefined for any other change of any other
 * comment: anybody may write a comment that looks like ours.
 */
export function tickedBox(payload: Readonly<Record<string, unknown>>, author: string): Ticked | undefined {
  const text = (...path: string[]): string => {
    const value = fieldAt(payload, ...path);
    return typeof value === 'string' ? value : '';
  };
  const id = fieldAt(payload, 'comment', 'id');
  const body = text('comment', 'body');
  const sender = text('sender', 'login');
  const marked = readMarker(body);
  const repositoryId = fieldAt(payload, 'repository', 'id');
  const number = fieldAt(payload, 'issue', 'number');
  if (text('action') !== 'edited' || !isId(id) || !marked || !isId(repositoryId) || !isId(number)) return undefined;
  if (text('comment', 'user', 'login') !== author || sender === author || sender === '') return undefined;
  if (!isSameKey(marked.key, { repositoryId, number })) return undefined;
  const box = NAMES.find((one) => isTicked(body, one) && !isTicked(text('changes', 'body', 'from'), one));
  return box && { ...marked, box, sender, comment: { id, author, body } };
}

const isTicked = (body: string, box: Box): boolean =>
  body.split(/\r?\n/).some((line) => line.includes(mark(box)) && /^\s*- \[[xX]\] /.test(line));

/** Pure: the comment with no box ticked. */
export const untick = (body: string): string =>
  body
    .split(/\r?\n/)
    .map((line) => (NAMES.some((box) => line.includes(mark(box))) ? line.replace(/^(\s*- )\[[xX]\] /, '$1[ ] ') : line))
    .join('\n');

/** Pure: the comment with no box ticked, and with until when the preview stays in the place of what was said of that. */
export function withStay(body: string, until: string): string {
  const lines = untick(body)
    .split('\n')
    .filter((line) => !line.startsWith(STAYS) && !line.startsWith(GOES));
  return `${lines.join('\n').trimEnd()}\n\n${STAYS}${until}.`;
}

/** Pure: the comment with when the preview goes. */
export const withGoing = (body: string, when: string): string => `${body}\n\n${GOES}${when}**, unless it is deployed again before.`;

const STAYS = 'It stays until ';
const GOES = '**It goes ';
