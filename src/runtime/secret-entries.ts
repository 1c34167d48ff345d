import { ConfigurationError } from '../interfaces/errors.ts';
import { quotedLines } from '../interfaces/reading/quoted-lines.ts';

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
  const entries = quotedLines(text, (problem, line) => {
    const what = problem === 'nothing closes it' ? ' opens a quote that nothing closes' : ': something follows the quote that closes it';
    return new ConfigurationError(`${atLine(input, line)}${what}`, { hint: QUOTING });
  });
  return entries.map(({ line, content, isQuoted }) => entryOf(isQuoted ? content : content.trim(), line, atLine(input, line)));
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
