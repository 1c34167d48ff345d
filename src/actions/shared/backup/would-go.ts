import type { WouldGo } from '../../../backup/index.ts';
import type { ActionContext } from '../../../runtime/action.ts';

/** A Job's report has 4 KiB. */
const SHOWN = 40;

/** Into log and summary: what retention would remove now. */
export function tellWouldGo({ log, summary }: Pick<ActionContext, 'log' | 'summary'>, found: WouldGo): void {
  const lines = linesOf(found);
  const headline = wouldGoTitle(found.remove.length, found.later.length, found.stay.length);
  log.info(headline);
  for (const line of lines) log.info(line);
  summary.heading(2, headline);
  if (lines.length > 0) summary.list(lines);
}

export const wouldGoTitle = (remove: number, later: unknown, stay: unknown): string =>
  `Would be removed: ${remove}; in later runs: ${later}; stay: ${stay}`;

const linesOf = ({ remove, later, because, damaged, unfinished }: WouldGo): string[] => [
  ...(because === undefined ? [] : [`Nothing would be removed: ${because}`]),
  ...remove.map((id) => `Would go: ${id}`),
  ...later.map((id) => `In a later run: ${id}`),
  ...damaged.map(({ id, why }) => `Damaged, and never removed: ${id} (${why})`),
  ...unfinished.map((id) => `Unfinished: ${id}`),
];

export const wouldGoReport = ({ remove, later, stay, because, damaged, unfinished }: WouldGo): object => ({
  dryRun: true,
  remove: remove.slice(0, SHOWN),
  more: Math.max(0, remove.length - SHOWN),
  later: later.length,
  stay: stay.length,
  because,
  damaged: damaged.slice(0, 10),
  unfinished: unfinished.slice(0, 10),
});
