import { createHash } from 'node:crypto';

/**
 * One run of all tests takes some rows of a long matrix; the others get their turn in later runs, since each has another SAMPLE_SEED
 * (scripts/test-levels.ts prints it). Without one, as in `npm run proof` or where a file is run alone, every row has its turn.
 */
const turn = (name: string, seed: string, of: number): number =>
  createHash('sha256').update(`${seed} ${name}`).digest().readUInt32BE() % of;

/** Returns one of the rows, or all of them. */
export function sampled<T>(rows: readonly T[], name: string, seed = process.env.SAMPLE_SEED): readonly T[] {
  if (seed === undefined) return rows;
  const index = turn(name, seed, rows.length);
  return rows.slice(index, index + 1);
}

/** Returns so many of the rows, in their order, or all of them. */
export function sampledRows<T>(rows: readonly T[], name: string, count: number, seed = process.env.SAMPLE_SEED): readonly T[] {
  if (seed === undefined) return rows;
  const placeOf = (index: number): string => createHash('sha256').update(`${seed} ${name} ${index}`).digest('hex');
  const drawn = [...rows.keys()].toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)).slice(0, count);
  return rows.filter((_, index) => drawn.includes(index));
}

/** Whether what `name` says is done in this run, as it is in one run of so many. */
export const hasTurn = (name: string, oneIn: number, seed = process.env.SAMPLE_SEED): boolean =>
  seed === undefined || turn(name, seed, oneIn) === 0;
