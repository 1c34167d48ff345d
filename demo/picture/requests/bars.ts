import type { Frame } from './frame.ts';
import type { Second } from './seconds.ts';
import { f } from './text.ts';
import type { Theme } from './theme.ts';

/** A single lost request among hundreds must be seen. */
const SMALLEST_HOLE = 6;

/** Each second as one bar: who answered what was sent in it, and a red hole in its top for what was lost. */
export function bars(seconds: readonly Second[], versions: readonly string[], { x, y, bottom }: Frame, theme: Theme): string[] {
  const paths = new Map<string, string[]>();
  const add = (colour: string, box: string) => paths.set(colour, [...(paths.get(colour) ?? []), box]);
  for (const { at, share, versions: answered, lost } of seconds) {
    const [left, right] = [x(at), x(at + share * 1000)];
    const box = (upper: number, lower: number) => `M${f(left)} ${f(upper)}H${f(right)}V${f(lower)}H${f(left)}Z`;
    let stacked = 0;
    for (const [index, version] of versions.entries()) {
      const count = (answered[version] ?? 0) / share;
      if (count === 0) continue;
      add(colourOf(index, theme), box(y(stacked + count), y(stacked)));
      stacked += count;
    }
    if (lost === 0) continue;
    const upper = y(stacked + lost / share);
    add(theme.lost, box(upper, Math.min(bottom, Math.max(y(stacked), upper + SMALLEST_HOLE))));
  }
  return [...paths].map(([colour, boxes]) => `<path fill="${colour}" shape-rendering="crispEdges" d="${boxes.join('')}"/>`);
}

export const colourOf = (index: number, { versions, quiet }: Theme): string => versions[index % versions.length] ?? quiet;
