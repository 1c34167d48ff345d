import { createHash } from 'node:crypto';
import { isSameKey, type Preview, type PreviewKey } from '../../preview/model/index.ts';

export interface Few {
  /** Whose run it is: its repository's previews are looked at, its own are not. */
  key: PreviewKey;
  most: number;
  /** Another one each time, so that all have their turn. */
  turn: string;
}

/** Pure: the previews that a run for one pull request looks at beside its own. */
export function fewOf(previews: readonly Preview[], { key, most, turn }: Few): Preview[] {
  const order = ({ uid }: Preview): string => createHash('sha256').update(`${turn} ${uid}`).digest('hex');
  return previews
    .filter((one) => one.key.repositoryId === key.repositoryId && !isSameKey(one.key, key))
    .map((one) => [order(one), one] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .slice(0, most)
    .map(([, one]) => one);
}
