import { type Frame, SMALL } from './frame.ts';
import type { Switch } from './seconds.ts';
import { f, textAt, widthOf } from './text.ts';
import type { Theme } from './theme.ts';

const GAP = 4;

/** A line through the plot for each switch. Of two that are close, the first has its word to the left, the second to the right. */
export function switchMarks(switches: readonly Switch[], { x, left, right, top, bottom }: Frame, theme: Theme): string[] {
  let free = left - GAP;
  return switches.flatMap(({ at, back }, index) => {
    const here = x(at);
    const word = back ? 'back' : 'switch';
    const width = widthOf(word, { size: SMALL }) + GAP;
    const next = switches[index + 1];
    const before = here - width > free && (here + width > right || (next !== undefined && x(next.at) - here < width));
    const fits = before || (here + width <= right && here > free);
    if (fits) free = before ? here : here + width;
    const line = `<line x1="${f(here)}" x2="${f(here)}" y1="${top - (fits ? 18 : 4)}" y2="${bottom}" stroke="${theme.ink}" stroke-width="1.5"/>`;
    const place = { size: SMALL, fill: theme.ink, anchor: before ? 'end' : 'start' } as const;
    return fits ? [line, textAt(word, here + (before ? -GAP : GAP), top - 8, place)] : [line];
  });
}
