import { ConfigurationError } from '../interfaces/errors.ts';
import { quotedLines } from '../interfaces/reading/quoted-lines.ts';

/** `NAME=value` of an input that holds no secrets. */
interface Pair {
  name: string;
  value: string;
}

const FORM = 'write NAME=value, one a line; a value of several lines in quotes with its name: "NAME=first line … last line"';

/**
 * Returns the pairs of a text, one a line, or over several lines where name and value stand in quotes (`""` is a quote), as docker's action takes
 * them. The value is all that follows the first `=`, letter for letter: `#`, quotes, commas, spaces. A line that begins with `#` is a remark.
 */
export function pairsOf(text: string, where: string): Pair[] {
  const entries = quotedLines(
    text.replaceAll('\r\n', '\n'),
    (_, __, from) => new ConfigurationError(`${where}: the quote of ${shown(from)} is not closed at the end of a line`, { hint: FORM }),
  );
  return entries.map(({ content }) => pairOf(content, where));
}

/** Returns name and value of one entry. Throws ConfigurationError where there is no `=`: nothing would say where its value comes from. */
function pairOf(entry: string, where: string): Pair {
  const at = entry.indexOf('=');
  if (at < 1) throw new ConfigurationError(`${where}: ${shown(entry)} has no ${at < 0 ? '"="' : 'name before its "="'}`, { hint: FORM });
  return { name: entry.slice(0, at), value: entry.slice(at + 1) };
}

/**
 * Returns the pairs of a key that may be a map, a list of `NAME=value`, or a text of such lines. Its scalars were kept as text: a value that is a
 * map or a list is a mistake.
 */
export function pairsOfKey(value: unknown, where: string): Pair[] {
  if (value === undefined || value === null || value === '') return [];
  if (typeof value === 'string') return pairsOf(value, where);
  if (typeof value !== 'object') throw new ConfigurationError(`${where}: expected a map`, { hint: 'for example {NAME: value}' });
  const text = (item: unknown, of: string): string => {
    if (item === null || item === undefined) return '';
    if (typeof item !== 'object') return String(item);
    throw new ConfigurationError(`${where}: ${of} is a ${Array.isArray(item) ? 'list' : 'map'}, not text`, {
      hint: 'put a value with brackets or braces in quotes',
    });
  };
  if (Array.isArray(value)) return value.map((item, index) => pairOf(text(item, `entry ${index + 1}`), where));
  return Object.entries(value).map(([name, item]) => ({ name, value: text(item, `"${name}"`) }));
}

export const asRecord = (pairs: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(pairs.map(({ name, value }) => [name, value]));

const shown = (text: string): string => `"${(text.split('\n')[0] ?? '').slice(0, 60)}"`;
