import { createHash } from 'node:crypto';

/** What decides which files of a level a run takes. */
export interface Draw {
  /** Paths from the repository's root. */
  files: readonly string[];
  /** What each takes of a worker, s; a file without one is new, and always taken. */
  seconds: Readonly<Record<string, number>>;
  /** Those that every run takes. */
  always: (file: string) => boolean;
  /** Of all that are taken, s of a worker; the last one taken may go beyond. */
  budget: number;
  seed: string;
}

/**
 * Pure: the files that have their turn. Which ones, beside those that every run takes, follows from the seed; over many runs each has its
 * turn, long ones as often as short ones.
 */
export function drawn({ files, seconds, always, budget, seed }: Draw): string[] {
  const fixed = files.filter((file) => always(file) || seconds[file] === undefined);
  const others = files.filter((file) => !fixed.includes(file)).toSorted((a, b) => (placeOf(a, seed) < placeOf(b, seed) ? -1 : 1));
  const sum = (some: readonly string[]): number => some.reduce((total, file) => total + (seconds[file] ?? 0), 0);
  const taken = others.filter((_, index) => sum(fixed) + sum(others.slice(0, index)) < budget);
  return files.filter((file) => fixed.includes(file) || taken.includes(file));
}

const placeOf = (file: string, seed: string): string => createHash('sha256').update(`${seed} ${file}`).digest('hex');
