import { randomOf } from '../random.ts';

/** Pure: some of a list, drawn by a seed. */
export function sample<T>(list: readonly T[], count: number, seed: number): T[] {
  const random = randomOf(seed);
  const left = [...list];
  return Array.from({ length: Math.min(count, left.length) }, () => left.splice(Math.floor(random() * left.length), 1)).flat();
}
