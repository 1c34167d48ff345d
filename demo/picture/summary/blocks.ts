import { marked, type Token, type Tokens } from 'marked';
import { type Block, drawLine, f, INK, paragraph, stack, text } from './draw.ts';
import { gantt } from './gantt.ts';
import { type Run, type Style, widthOf, wrap } from './text.ts';

/** The blocks of a job summary's Markdown. `<details>` are closed but for those whose title `open` matches. */
export function summaryBlocks(markdown: string, width: number, open: RegExp): Block[] {
  const blocks: Block[] = [];
  let hidden = false;
  for (const token of marked.lexer(markdown)) {
    const title = token.type === 'html' ? /<summary>(.*?)<\/summary>/s.exec(token.raw)?.[1] : undefined;
    if (title !== undefined) {
      hidden = !open.test(title);
      blocks.push(detailsLine(decode(title), width, !hidden));
    } else if (token.type === 'html' && token.raw.includes('</details>')) hidden = false;
    else if (!hidden) blocks.push(...blockOf(token, width));
  }
  return blocks;
}

function blockOf(token: Token, width: number): Block[] {
  switch (token.type) {
    case 'heading':
      return [heading(token as Tokens.Heading, width)];
    case 'paragraph':
      return [paragraph(runsOf(token.tokens ?? []), width)];
    case 'table':
      return [table(token as Tokens.Table, width)];
    case 'code':
      return [token.lang === 'mermaid' ? gantt(token.text, width) : codeBox(token.text, width)];
    case 'list':
      return [list(token as Tokens.List, width)];
    case 'space':
    case 'html':
      return [];
    default:
      throw new Error(`A ${token.type} cannot be drawn: ${token.raw.slice(0, 60)}`);
  }
}

function heading({ depth, tokens }: Tokens.Heading, width: number): Block {
  const size = depth <= 2 ? 21 : 17;
  const words = paragraph(runsOf(tokens, { bold: true }), width, size, 1.25);
  if (depth > 2) return { svg: words.svg, height: words.height + 2 };
  const rule = words.height + 7;
  return {
    svg: [...words.svg, `<line x1="0" y1="${f(rule)}" x2="${f(width)}" y2="${f(rule)}" stroke="${INK.line}"/>`],
    height: rule + 1,
  };
}

function detailsLine(title: string, width: number, open: boolean): Block {
  const size = 14;
  const mark = open ? 'M1 7 l10 0 l-5 7 z' : 'M2 5 l0 11 l7 -5.5 z';
  const run = { text: title };
  return {
    svg: [`<path d="${mark}" fill="${INK.text}"/>`, text(title, 18, 15, Math.min(width - 18, widthOf(run, size)), { size })],
    height: 21,
  };
}

function codeBox(code: string, width: number): Block {
  const [size, step, pad] = [12, 18, 14];
  const most = Math.floor((width - 2 * pad) / (size * 0.602));
  const lines = code.split('\n').map((line) => (line.length > most ? `${line.slice(0, most - 1)}…` : line));
  const height = lines.length * step + 2 * pad - 4;
  const written = lines.map((line, i) => text(line, pad, pad + i * step + 10, line.length * size * 0.602, { size, code: true }));
  return { svg: [`<rect width="${f(width)}" height="${f(height)}" rx="6" fill="${INK.faint}"/>`, ...written], height };
}

function list({ items }: Tokens.List, width: number): Block {
  const rows = items.map((item): Block => {
    const inner = item.tokens.flatMap((token) => ('tokens' in token && token.tokens ? token.tokens : [token]));
    const words = paragraph(runsOf(inner), width - 28);
    return {
      svg: [`<circle cx="14" cy="10" r="2.5" fill="${INK.text}"/>`, `<g transform="translate(28 0)">`, ...words.svg, '</g>'],
      height: words.height,
    };
  });
  return stack(rows, 4);
}

function table({ header, rows }: Tokens.Table, width: number): Block {
  const [size, pad, step] = [14, 13, 21];
  const cells = [header, ...rows].map((row, i) => row.map((cell) => runsOf(cell.tokens, i === 0 ? { bold: true } : {})));
  const wanted = header.map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? []).reduce((sum, run) => sum + widthOf(run, size), 0) + 2 * pad + 2)),
  );
  const total = wanted.reduce((sum, wide) => sum + wide, 0);
  // What is too wide is taken from the widest columns.
  const most = total <= width ? Number.POSITIVE_INFINITY : limitFor(wanted, width);
  const widths = wanted.map((wide) => Math.min(wide, most));
  const full = widths.reduce((sum, wide) => sum + wide, 0);
  const svg: string[] = [];
  let y = 0;
  for (const [i, row] of cells.entries()) {
    const lines = row.map((runs, column) => wrap(runs, size, (widths[column] ?? 0) - 2 * pad));
    const height = Math.max(1, ...lines.map((cell) => cell.length)) * step + 12;
    if (i > 0 && i % 2 === 0) svg.push(`<rect y="${f(y)}" width="${f(full)}" height="${f(height)}" fill="${INK.faint}"/>`);
    let x = 0;
    for (const [column, cell] of lines.entries()) {
      const wide = widths[column] ?? 0;
      svg.push(`<rect x="${f(x)}" y="${f(y)}" width="${f(wide)}" height="${f(height)}" fill="none" stroke="${INK.line}"/>`);
      for (const [n, line] of cell.entries()) svg.push(...drawLine(line, x + pad, y + 6 + n * step + step / 2, size));
      x += wide;
    }
    y += height;
  }
  return { svg, height: y };
}

/** The width at which the widest columns are cut, so that all together have `width`. */
function limitFor(wanted: readonly number[], width: number): number {
  const ascending = [...wanted].sort((a, b) => a - b);
  let left = width;
  for (const [i, wide] of ascending.entries()) {
    const share = left / (ascending.length - i);
    if (wide > share) return share;
    left -= wide;
  }
  return Number.POSITIVE_INFINITY;
}

function runsOf(tokens: readonly Token[], style: Style = {}): Run[] {
  return tokens.flatMap((token): Run[] => {
    if (token.type === 'strong') return runsOf(token.tokens ?? [], { ...style, bold: true });
    if (token.type === 'link') return runsOf(token.tokens ?? [], { ...style, link: true });
    if (token.type === 'codespan') return [{ ...style, code: true, text: decode((token as Tokens.Codespan).text) }];
    if ('tokens' in token && token.tokens && token.tokens.length > 0) return runsOf(token.tokens, style);
    return [{ ...style, text: decode('text' in token ? String(token.text) : token.raw).replaceAll('\n', ' ') }];
  });
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
const decode = (escaped: string): string =>
  escaped.replaceAll(/&(?:#(\d+)|(\w+));/g, (all, number: string | undefined, name: string) =>
    number === undefined ? (NAMED[name] ?? all) : String.fromCodePoint(Number(number)),
  );
