import { isMap } from '../../interfaces/values.ts';

/** What stands at a path: its new value, or, where there is none, nothing any more. Keys of maps and places in lists are both texts. */
export type Edit = [path: string[], value?: unknown];

/** Pure: what has to be changed in `from`, a JSON value, to make it `to`. A list of another length is replaced whole. */
export function editsOf(from: unknown, to: unknown, path: readonly string[] = []): Edit[] {
  const inside = (key: string, one: unknown, other: unknown) => editsOf(one, other, [...path, key]);
  if (isMap(from) && isMap(to)) {
    return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((key): Edit[] =>
      own(to, key) === undefined ? (own(from, key) === undefined ? [] : [[[...path, key]]]) : inside(key, own(from, key), own(to, key)),
    );
  }
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    return from.flatMap((item, index) => inside(String(index), item, to[index]));
  }
  return from === to ? [] : [[[...path], to]];
}

/** Pure: the value with these edits. */
export function withEdits<T>(value: T, edits: readonly Edit[]): T {
  return edits.reduce<unknown>((now, [path, ...rest]) => changed(now, path, rest), value) as T;
}

function changed(value: unknown, [key, ...further]: readonly string[], rest: readonly unknown[]): unknown {
  if (key === undefined) return rest[0];
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? changed(item, further, rest) : item));
  const map = isMap(value) ? value : {};
  if (further.length > 0 || rest.length > 0) return { ...map, [key]: changed(own(map, key), further, rest) };
  return Object.fromEntries(Object.entries(map).filter(([other]) => other !== key));
}

/** A key may be called `toString` or `constructor`, which every object has. */
const own = (map: Readonly<Record<string, unknown>>, key: string): unknown => (Object.hasOwn(map, key) ? map[key] : undefined);
