/** Text of a picture: how wide it is, and where its lines break. Widths are fixed in the SVG, so that every viewer's font fits. */

export interface Style {
  bold?: boolean;
  code?: boolean;
  link?: boolean;
  colour?: string;
}
export interface Run extends Style {
  text: string;
}
/** A run on its line; pixels. */
export interface Placed extends Run {
  x: number;
  width: number;
}

export const SANS = "-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif";
export const MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', 'DejaVu Sans Mono', monospace";
/** Advance of one character of a fixed-width font, in ems. */
const MONO_EM = 0.602;
/** Advances of Helvetica, in thousandths of an em; 556 for all others. */
const ADVANCES: Readonly<Record<string, number>> = {
  ...all(' !,./:;[]\\|I', 278),
  ...all("fijlt'‘’`", 235),
  ...all('r()-{}', 333),
  ...all('“”"', 350),
  ...all('kcsvxyzJ', 500),
  ...all('mM%@—', 860),
  ...all('wCDHNRU', 722),
  ...all('ABEKPSVXY&', 667),
  ...all('FTZL', 600),
  ...all('GOQ', 778),
  W: 944,
};

/** Width in pixels at a font size. Code is set at 85 % and padded, as GitHub does. */
export function widthOf({ text, bold, code }: Run, size: number): number {
  if (code) return [...text].length * size * 0.85 * MONO_EM + 10;
  const units = [...text].reduce((sum, char) => sum + (ADVANCES[char] ?? 556), 0);
  return (units / 1000) * size * (bold ? 1.06 : 1);
}

/** Breaks runs into lines of at most `width` pixels, at blanks; code breaks inside where it must. */
export function wrap(runs: readonly Run[], size: number, width: number): Placed[][] {
  const lines: Placed[][] = [[]];
  let x = 0;
  for (const word of runs.flatMap((run) => words(run, size, width))) {
    const needed = widthOf(word, size);
    if (x > 0 && x + needed > width && word.text.trim() !== '') {
      lines.push([]);
      x = 0;
    }
    if (x === 0 && word.text.trim() === '') continue;
    place(lines.at(-1) as Placed[], word, x, needed);
    x += needed;
  }
  return lines;
}

/** Neighbours of one style are one text element: its blanks are then the font's own. */
function place(line: Placed[], word: Run, x: number, width: number): void {
  const last = line.at(-1);
  const same = last && !last.code && !word.code && last.bold === word.bold && last.link === word.link && last.colour === word.colour;
  if (same) {
    last.text += word.text;
    last.width += width;
  } else line.push({ ...word, x, width });
}

function words(run: Run, size: number, width: number): Run[] {
  if (!run.code) return run.text.split(/( +)/).flatMap((text) => (text === '' ? [] : [{ ...run, text }]));
  const most = Math.max(1, Math.floor((width - 10) / (size * 0.85 * MONO_EM)));
  const pieces = run.text.match(new RegExp(`.{1,${most}}`, 'gu')) ?? [];
  return pieces.map((text) => ({ ...run, text }));
}

function all(chars: string, advance: number): Record<string, number> {
  return Object.fromEntries([...chars].map((char) => [char, advance]));
}
