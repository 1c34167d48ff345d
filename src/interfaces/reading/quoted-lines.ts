/** One entry of a text that holds one a line. */
export interface QuotedLine {
  /** Where it begins, from 1. */
  line: number;
  /** Of a line in quotes what stands between them, byte for byte; else what follows the blanks that the line begins with. */
  content: string;
  isQuoted: boolean;
}

export type QuoteProblem = 'nothing closes it' | 'something follows it';

/**
 * Returns the entries of a text, one a line, or over several lines in quotes (`""` is a quote), as docker's actions take them. Blank lines and
 * lines that begin with `#` are left out. Takes no longer than the text is long. Throws what `wrong` makes of a quote and of the text from there.
 */
export function quotedLines(text: string, wrong: (problem: QuoteProblem, line: number, from: string) => Error): QuotedLine[] {
  const entries: QuotedLine[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const start = skipBlanks(text, at);
    const quoted = text[start] === '"' ? quotedText(text, start) : undefined;
    if (typeof quoted === 'string') throw wrong(quoted, line, text.slice(start));
    const end = quoted?.end ?? lineEnd(text, start);
    const content = quoted?.content ?? text.slice(start, end);
    if (quoted !== undefined || !/^(?:#|\s*$)/.test(content)) entries.push({ line, content, isQuoted: quoted !== undefined });
    line += newlines(text, at, end) + 1;
    at = end + 1;
  }
  return entries;
}

/** Returns what the quotes hold, and where the line ends on which they close. */
function quotedText(text: string, start: number): { content: string; end: number } | QuoteProblem {
  let close = text.indexOf('"', start + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close < 0) return 'nothing closes it';
  const end = lineEnd(text, close);
  if (text.slice(close + 1, end).trim() !== '') return 'something follows it';
  return { content: text.slice(start + 1, close).replaceAll('""', '"'), end };
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
