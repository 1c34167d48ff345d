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

/** Text may be a pattern; an object must have the expected keys and may have more; everything else must be equal. */
export function matchesJson(expected: unknown, seen: unknown): boolean {
  if (typeof expected === 'string') return typeof seen === 'string' && matchesText(expected, seen);
  if (Array.isArray(expected)) {
    return Array.isArray(seen) && seen.length === expected.length && expected.every((item, index) => matchesJson(item, seen[index]));
  }
  if (isMap(expected)) {
    if (!isMap(seen)) return false;
    return Object.entries(expected).every(([key, value]) => Object.hasOwn(seen, key) && matchesJson(value, seen[key]));
  }
  return expected === seen;
}
