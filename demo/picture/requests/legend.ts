import { textAt, widthOf } from './text.ts';

export interface LegendEntry {
  text: string;
  colour: string;
}

const SIZE = 13;
const ROW = 22;
const SWATCH = 18;
const GAP = 20;

/** Colours and what they stand for, in as many rows as it takes. */
export function legend(
  entries: readonly LegendEntry[],
  { left, right, top, fill }: { left: number; right: number; top: number; fill: string },
): { height: number; parts: string[] } {
  let [x, row] = [left, 0];
  const parts = entries.flatMap(({ text, colour }) => {
    const width = SWATCH + widthOf(text, { size: SIZE });
    if (x > left && x + width > right) [x, row] = [left, row + 1];
    const y = top + row * ROW;
    const drawn = [
      `<rect x="${Math.round(x)}" y="${y}" width="12" height="12" rx="2" fill="${colour}"/>`,
      textAt(text, x + SWATCH, y + 11, { size: SIZE, fill }),
    ];
    x += width + GAP;
    return drawn;
  });
  return { height: (row + 1) * ROW, parts };
}
