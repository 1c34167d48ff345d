import { type Frame, SMALL } from './frame.ts';
import { f, textAt, wrap } from './text.ts';
import type { Theme } from './theme.ts';

/** A workflow run under traffic. */
export interface ReleaseRun {
  at: number;
  durationMs: number;
  title: string;
  success: boolean;
  /** In a word or two, e.g. "rolled back". */
  verdict: string;
}

const LINE = 16;
const PAD = 7;

/** The runs as boxes below the time axis, each as long as it took, with its name and its end. */
export function releases(runs: readonly ReleaseRun[], { x, right, bottom }: Frame, theme: Theme): { height: number; parts: string[] } {
  const top = bottom + 30;
  const boxes = runs.map(({ at, durationMs, title, success, verdict }) => {
    const [from, to] = [x(at), Math.min(right, x(at + durationMs))];
    const room = to - from - 2 * PAD;
    return {
      from,
      width: Math.max(1, to - from - 2),
      colour: success ? theme.good : theme.lost,
      title: wrap(title, room, { size: SMALL }),
      verdict: wrap(`${success ? '✓' : '✗'} ${verdict}`, room, { size: SMALL, bold: true }),
    };
  });
  const lines = Math.max(0, ...boxes.map((box) => box.title.length + box.verdict.length));
  const height = lines * LINE + 2 * PAD;
  const parts = boxes.flatMap(({ from, width, colour, title, verdict }) => [
    `<rect x="${f(from)}" y="${top}" width="${f(width)}" height="${height}" rx="4" fill="${theme.box}" stroke="${theme.line}"/>`,
    `<rect x="${f(from)}" y="${top}" width="${f(width)}" height="3" fill="${colour}"/>`,
    ...title.map((text, index) => textAt(text, from + PAD, top + PAD + (index + 1) * LINE - 3, { size: SMALL, fill: theme.ink })),
    ...verdict.map((text, index) =>
      textAt(text, from + PAD, top + PAD + (title.length + index + 1) * LINE - 3, { size: SMALL, fill: colour, bold: true }),
    ),
  ]);
  return { height: runs.length === 0 ? 30 : 30 + height, parts };
}
