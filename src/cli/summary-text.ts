import { neutral } from '../runtime/neutral.ts';
import type { Style } from './style.ts';

/** Pure: a job summary (our own Markdown) as text for a terminal: tables aligned, folds open, diagrams left out. */
export function summaryText(markdown: string, style: Style): string {
  const out: string[] = [];
  const lines = markdown.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const fence = /^(`{3,})(\w*)$/.exec(line);
    if (fence) {
      const end = lines.indexOf(fence[1] ?? '', at + 1);
      const body = lines.slice(at + 1, end < 0 ? undefined : end);
      if (fence[2] !== 'mermaid') out.push(...body.map((one) => style.dim(`  ${one}`)));
      at = end < 0 ? lines.length : end;
    } else if (line.startsWith('| ')) {
      const end = lines.findIndex((one, index) => index > at && !one.startsWith('|'));
      out.push(...table(lines.slice(at, end < 0 ? undefined : end), style));
      at = (end < 0 ? lines.length : end) - 1;
    } else out.push(...ordinary(line, style));
  }
  return neutral0(out.join('\n'))
    .replaceAll('\u00A0', ' ')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function ordinary(line: string, style: Style): string[] {
  const heading = /^(#{1,4}) (.*)$/.exec(line);
  if (heading) return [style.bold(inline(heading[2] ?? ''))];
  const fold = /^<details(?: open)?><summary>(.*)<\/summary>$/.exec(line);
  if (fold) return [`${inline(fold[1] ?? '')}:`];
  return line === '</details>' ? [] : [inline(line)];
}

/** Cells are split at bars that are not escaped. */
function table(lines: readonly string[], style: Style): string[] {
  const rows = lines
    .filter((_, index) => index !== 1)
    .map((line) =>
      line
        .replace(/^\| | \|$/g, '')
        .split(/ ?(?<!\\)\| ?/)
        .map((cell) => inline(cell)),
    );
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row, index) => {
    const text = `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
    return index === 0 ? style.dim(text) : text;
  });
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', '#64': '@', '#47': '/', '#46': '.', '#35': '#' };

/** A code span ends with as many backticks as it began with. */
const SPAN = /(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g;

function inline(line: string): string {
  const spans: string[] = [];
  // Spans first: what is in them is no Markdown.
  const held = line.replace(
    SPAN,
    (_, __, text: string) => `\u0000${spans.push(text.replace(/^ (`.*|.*`) $/, '$1').replaceAll('\\|', '|')) - 1}\u0000`,
  );
  return words(held).replace(HELD, (_, index: string) => spans[Number(index)] ?? '');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: no text of a summary holds this character
const HELD = /\u0000(\d+)\u0000/g;

function words(text: string): string {
  return (
    text
      // No bracket in it: text has them escaped, and a search that begins at each would take the square of their number.
      .replace(/\[((?:\\.|[^[\]\\])*)\]\((https?:[^\s)]+)\)/g, '$1 ($2)')
      .replaceAll('<br>', ', ')
      .replace(/\*\*/g, '')
      .replace(/\\([\\`*_{}[\]()|~#+.)-])/g, '$1')
      .replace(/&(lt|gt|amp|#64|#47|#46|#35);/g, (whole, name: string) => ENTITIES[name] ?? whole)
  );
}

/** Text that was hidden in entities must not command a runner either; our own colors stay. */
const neutral0 = (text: string): string =>
  text
    .split('\n')
    .map((line) => (/^\s*::|##\[/.test(line) ? neutral(line) : line))
    .join('\n');
