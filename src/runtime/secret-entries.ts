import { ConfigurationError } from '../interfaces/errors.ts';

/** One secret of an input that holds several: what stands before its first "=", and all that follows. */
export interface SecretEntry {
  /** Where it begins in the input, from 1. An error names it by this alone: the text may be a secret in any part. */
  line: number;
  name: string;
  value: string;
}

const QUOTING =
  'A value of several lines goes in quotes together with its name: a line that begins with "NAME=first line, and a quote after the last ' +
  'one; a quote inside is written twice ("").';

export const atLine = (input: string, line: number): string => `Input "${input}", line ${line}`;

/**
 * Returns the secrets of an input, one a line, or over several lines where name and value stand in quotes (`""` is a quote), as docker's
 * action takes them. What stands in quotes is kept byte for byte. Blank lines and lines that begin with `#` are left out. Errors name the line.
 */
export function secretEntries(input: string, text: string): SecretEntry[] {
  const entries: SecretEntry[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const start = skipBlanks(text, at);
    const quoted = text[start] === '"' ? quotedText(text, start, atLine(input, line)) : undefined;
    const end = quoted?.end ?? lineEnd(text, start);
    const content = quoted?.content ?? text.slice(start, end).trim();
    if (quoted !== undefined || !/^(?:#|$)/.test(content)) entries.push(entryOf(content, line, atLine(input, line)));
    line += newlines(text, at, end) + 1;
    at = end + 1;
  }
  return entries;
}

/** Two secrets of one name cannot both be meant. */
export function requireOnce(found: readonly (SecretEntry & { input: string })[]): void {
  const seen = new Map<string, SecretEntry & { input: string }>();
  for (const entry of found) {
    const before = seen.get(entry.name);
    if (before !== undefined) {
      const where = `${atLine(entry.input, entry.line)} has the same name as line ${before.line} of "${before.input}"`;
      throw new ConfigurationError(where, { hint: 'Leave one of them out.' });
    }
    seen.set(entry.name, entry);
  }
}

function entryOf(content: string, line: number, where: string): SecretEntry {
  const equals = content.indexOf('=');
  if (equals < 0) throw new ConfigurationError(`${where} has no "="`, { hint: `Write NAME=value. ${QUOTING}` });
  const value = content.slice(equals + 1);
  if (/^=+$/.test(value))
    throw new ConfigurationError(`${where} looks like base64 without a name`, { hint: `Write NAME=value. ${QUOTING}` });
  return { line, name: content.slice(0, equals).trim(), value };
}

/** Returns what the quotes hold, and where the line ends on which they close. */
function quotedText(text: string, start: number, where: string): { content: string; end: number } {
  let close = text.indexOf('"', start + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close < 0) throw new ConfigurationError(`${where} opens a quote that nothing closes`, { hint: QUOTING });
  const end = lineEnd(text, close);
  if (text.slice(close + 1, end).trim() !== '') {
    throw new ConfigurationError(`${where}: something follows the quote that closes it`, { hint: QUOTING });
  }
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
