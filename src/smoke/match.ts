import { isMap } from '../interfaces/values.ts';

/** `/text/` or `/text/i` → the regular expression; undefined for ordinary text (a path such as `/api` has no closing slash). */
export function asPattern(expected: string): RegExp | undefined {
  const match = /^\/(.+)\/([imsu]*)$/s.exec(expected);
  return match?.[1] === undefined ? undefined : new RegExp(match[1], match[2]);
}

export function matchesText(expected: string, seen: string): boolean {
  const pattern = asPattern(expected);
  return pattern === undefined ? expected === seen : pattern.test(seen);
}

/**
 * Whether a text that YAML kept as it was written, since it would have been printed otherwise, is that value: `1.50` is 1.5, `True` is true, `~` is
 * null. What is written as it is printed (`"5"`) was put in quotes, and is text.
 */
function isWrittenAs(expected: string, seen: unknown): boolean {
  if (seen === null) return /^(?:~|Null|NULL)$/.test(expected);
  if (typeof seen === 'boolean') return expected !== String(seen) && expected.toLowerCase() === String(seen);
  return typeof seen === 'number' && /^[-+.\d]/.test(expected) && Number(expected) === seen && expected !== String(seen);
}

/** Text may be a pattern; an object must have the expected keys and may have more; everything else must be equal. */
export function matchesJson(expected: unknown, seen: unknown): boolean {
  if (typeof expected === 'string') return typeof seen === 'string' ? matchesText(expected, seen) : isWrittenAs(expected, seen);
  if (Array.isArray(expected)) {
    return Array.isArray(seen) && seen.length === expected.length && expected.every((item, index) => matchesJson(item, seen[index]));
  }
  if (isMap(expected)) {
    if (!isMap(seen)) return false;
    return Object.entries(expected).every(([key, value]) => Object.hasOwn(seen, key) && matchesJson(value, seen[key]));
  }
  return expected === seen;
}
