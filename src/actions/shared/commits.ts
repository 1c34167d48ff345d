import type { SummaryWriter } from '../../runtime/summary.ts';

const FULL = /\b([0-9a-f]{7})[0-9a-f]{33}\b/g;

/** Commits are read by their first seven digits, as Git abbreviates them. */
export const short = (text: string): string => text.replace(FULL, '$1');

/** The commits that a summary has abbreviated, in full: a fold to copy from. */
export function writeFullCommits(summary: SummaryWriter, versions: readonly (string | undefined)[]): void {
  const full = new Set(versions.flatMap((version) => version?.match(FULL) ?? []));
  if (full.size > 0) summary.details('Commits in full', (inner) => inner.code([...full].join('\n')));
}
