import { createHash } from 'node:crypto';
import { fitted } from '../../split/index.ts';

/** Which pull request a preview is of. A repository may be renamed or moved, and another one get its name: its id stays. */
export interface PreviewKey {
  /** GitHub's `repository.id` of the repository that the pull request is in. */
  repositoryId: number;
  number: number;
}

/** Kubernetes' limit for a DNS label, which a namespace's name is. */
const LIMIT = 63;
/** Helm's limit, with room for a color. */
const RELEASE_LIMIT = 47;
const HASH = 6;

/** Pure: GitHub's ids and numbers: digits without a leading zero, that a number holds exactly; undefined for anything else. */
export function parseId(text: string | undefined): number | undefined {
  if (text === undefined || !/^[1-9]\d{0,15}$/.test(text)) return undefined;
  const id = Number(text);
  return Number.isSafeInteger(id) ? id : undefined;
}

/** Pure: whether GitHub may have given it as an id or a number. */
export const isId = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value > 0;

/** Pure: `pr-7-todo-1f0a9c`; a release that is too long for it is shortened with a hash of it. */
export const namespaceName = (key: PreviewKey, release: string): string => framed(key, release, LIMIT);

/** Pure: the same for a release that has others beside it in its namespace. */
export const releaseName = (key: PreviewKey, app: string): string => framed(key, app, RELEASE_LIMIT);

function framed(key: PreviewKey, word: string, limit: number): string {
  const [before, after] = frame(key);
  return `${before}${fitted(word, limit - before.length - after.length)}${after}`;
}

/** Pure: whether a namespace, or a release, of this name can be that preview's, whatever the app's own. */
export function isNamedFor(name: string, key: PreviewKey): boolean {
  const [before, after] = frame(key);
  return name.length > before.length + after.length && name.startsWith(before) && name.endsWith(after);
}

/** What stands around the release. Two repositories that deploy into one cluster may have a pull request 7 each. */
const frame = ({ repositoryId, number }: PreviewKey): [string, string] => [
  `pr-${number}-`,
  `-${createHash('sha256').update(String(repositoryId)).digest('hex').slice(0, HASH)}`,
];

/** Pure: `424242-7`, the value of the label that names a preview. */
export const keyText = ({ repositoryId, number }: PreviewKey): string => `${repositoryId}-${number}`;

export const isSameKey = (one: PreviewKey, other: PreviewKey): boolean => keyText(one) === keyText(other);
