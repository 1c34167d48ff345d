import { ConfigurationError } from '../interfaces/errors.ts';
import { isMap } from '../interfaces/values.ts';

const SEGMENT = /\.([^.[\]'"\s]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/y;

/** `$.a.b[0]`, `a.b`, `$['a.b']` → keys. Throws ConfigurationError for anything else (no wildcards, no filters). */
export function parseJsonPath(path: string): (string | number)[] {
  const text = path.startsWith('$') ? path.slice(1) : path.startsWith('[') ? path : `.${path}`;
  const keys: (string | number)[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < text.length) {
    const match = SEGMENT.exec(text);
    if (match === null)
      throw new ConfigurationError(`"${path}" is not a JSON path`, { hint: 'Write it like $.status, items[0].id or $["a.b"].' });
    const [, name, index, single, double] = match;
    keys.push(index === undefined ? (name ?? single ?? double ?? '') : Number(index));
  }
  return keys;
}

/** The value at a path; `found` is false where a key on the way is missing. */
export function readJsonPath(document: unknown, path: string): { found: boolean; value: unknown } {
  let value = document;
  for (const key of parseJsonPath(path)) {
    if (Array.isArray(value)) {
      if (!(Number(key) in value)) return { found: false, value: undefined };
      value = value[Number(key)];
    } else if (isMap(value) && Object.hasOwn(value, key)) {
      value = value[key];
    } else {
      return { found: false, value: undefined };
    }
  }
  return { found: true, value };
}
