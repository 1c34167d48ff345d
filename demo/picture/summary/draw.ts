import { escapeXml } from '../svg.ts';
import { MONO, type Placed, type Run, SANS, wrap } from './text.ts';

/** A part of the picture: its elements, drawn from y = 0, and its height in pixels. */
export interface Block {
  svg: string[];
  height: number;
}

export const INK = { text: '#1f2328', muted: '#59636e', link: '#0969da', line: '#d1d9e0', faint: '#f6f8fa', code: '#eff1f3' };

/** Lines of running text. */
export function paragraph(runs: readonly Run[], width: number, size = 14, lineHeight = 1.5): Block {
  const step = size * lineHeight;
  const lines = wrap(runs, size, width);
  return { svg: lines.flatMap((line, i) => drawLine(line, 0, i * step + step / 2, size)), height: lines.length * step };
}

/** One line around the height `middle`. */
export function drawLine(line: readonly Placed[], x: number, middle: number, size: number): string[] {
  return line.flatMap((run) => {
    const left = x + run.x;
    if (!run.code) return [text(run.text, left, middle + size * 0.35, run.width, { ...run, size })];
    const box = `<rect x="${f(left)}" y="${f(middle - size * 0.68)}" width="${f(run.width)}" height="${f(size * 1.36)}" rx="5" fill="${INK.code}"/>`;
    return [box, text(run.text, left + 5, middle + size * 0.3, run.width - 10, { ...run, size: size * 0.85 }, true)];
  });
}

interface TextStyle {
  size: number;
  bold?: boolean;
  code?: boolean;
  link?: boolean;
  colour?: string;
}

/** The width is part of the element: what is laid out here fits in every font. Fixed-width fonts agree on theirs. */
export function text(content: string, x: number, baseline: number, width: number, style: TextStyle, fit = !style.code): string {
  const { size, bold, code, link, colour } = style;
  const trimmed = content.trimEnd();
  if (trimmed === '') return '';
  const fixed = fit ? ` textLength="${f(width * (trimmed.length / content.length))}" lengthAdjust="spacingAndGlyphs"` : '';
  return [
    `<text x="${f(x)}" y="${f(baseline)}" font-size="${f(size)}" fill="${colour ?? (link ? INK.link : INK.text)}"`,
    bold ? ' font-weight="600"' : '',
    ` font-family="${code ? MONO : SANS}"${fixed} xml:space="preserve">`,
    `${escapeXml(trimmed)}</text>`,
  ].join('');
}

/** Blocks under each other, with the gap between them. */
export function stack(blocks: readonly Block[], gap: number): Block {
  let y = 0;
  const svg = blocks.flatMap((block, i) => {
    if (i > 0) y += gap;
    const group = moved(block, 0, y);
    y += block.height;
    return group;
  });
  return { svg, height: y };
}

export function moved({ svg }: Block, x: number, y: number): string[] {
  return svg.length === 0 ? [] : [`<g transform="translate(${f(x)} ${f(y)})">`, ...svg, '</g>'];
}

export const f = (value: number): string => String(Math.round(value * 100) / 100);
