import { type Block, f, INK, text } from './draw.ts';
import { widthOf } from './text.ts';

interface Bar {
  label: string;
  from: number;
  to: number;
  critical: boolean;
}

const ROW = 24;
const FILL = { plain: '#8a90dd', critical: '#ff8888' };
const EDGE = { plain: '#534fbc', critical: '#cc0000' };

/** A Gantt chart of Mermaid's, as far as job summaries use it: `label :[crit,] start, end` in milliseconds. */
export function gantt(source: string, width: number): Block {
  const bars = source.split('\n').flatMap(barOf);
  const last = Math.max(1, ...bars.map(({ to }) => to));
  const left = 10;
  const x = (ms: number) => left + (ms / last) * (width - 2 * left);
  const height = bars.length * ROW + 30;
  const svg = bars.flatMap((bar, row) => drawBar(bar, row * ROW, x, width));
  const step = [1, 2, 5, 10, 15, 30, 60, 120].find((seconds) => last / 1000 / seconds <= 10) ?? 300;
  for (let second = 0; second * 1000 <= last; second += step) {
    const at = x(second * 1000);
    const label = `${pad(Math.floor(second / 60))}:${pad(second % 60)}`;
    const size = 11;
    const wide = widthOf({ text: label }, size);
    svg.unshift(`<line x1="${f(at)}" y1="0" x2="${f(at)}" y2="${f(height - 26)}" stroke="${INK.line}"/>`);
    svg.push(text(label, at - wide / 2, height - 10, wide, { size, colour: INK.muted }));
  }
  return { svg, height };
}

function drawBar({ label, from, to, critical }: Bar, y: number, x: (ms: number) => number, width: number): string[] {
  const kind = critical ? 'critical' : 'plain';
  const size = 11;
  const wide = widthOf({ text: label }, size);
  const box = { x: x(from), width: Math.max(2, x(to) - x(from)) };
  // Mermaid writes inside the bar where the text fits, else beside it.
  const inside = wide + 8 <= box.width;
  const beside = box.x + box.width + 6 + wide <= width ? box.x + box.width + 6 : box.x - wide - 6;
  const at = inside ? box.x + (box.width - wide) / 2 : beside;
  return [
    `<rect x="${f(box.x)}" y="${y + 3}" width="${f(box.width)}" height="${ROW - 6}" rx="3" fill="${FILL[kind]}" stroke="${EDGE[kind]}"/>`,
    text(label, at, y + ROW / 2 + 4, wide, { size, colour: inside && !critical ? '#ffffff' : INK.text }),
  ];
}

function barOf(line: string): Bar[] {
  const [, label = '', critical, from, to] = /^\s*(.+?)\s*:\s*(crit,\s*)?(\d+),\s*(\d+)\s*$/.exec(line) ?? [];
  return from === undefined ? [] : [{ label, critical: critical !== undefined, from: Number(from), to: Number(to) }];
}

const pad = (value: number): string => String(value).padStart(2, '0');
