import type { DeployError } from '../errors.ts';
import { isMap } from '../values.ts';
import { parseExactly } from './exact-integers.ts';

/** Deeper text is a mistake or an attack: what reads its values would run out of stack. */
const DEEPEST = 500;

/**
 * The one reader of JSON from outside. `wrong` makes the error from the reason, which never quotes the text, as the engine's own does.
 * The result has whatever shape the text has; integers beyond 2^53 are bigints.
 */
export function parseJson<T>(text: string, wrong: (why: string) => DeployError): T {
  if (isDeep(text)) throw wrong(`it is nested deeper than ${DEEPEST} levels`);
  try {
    return parseExactly(text) as T;
  } catch (error) {
    throw wrong(text.trim() === '' ? 'it is empty' : `unexpected text${placeOf(error)}`);
  }
}

/** The same for an object: what is read from anything else would be an error of ours. */
export function parseJsonObject<T extends object>(text: string, wrong: (why: string) => DeployError): T {
  const value = parseJson<T>(text, wrong);
  if (isMap(value)) return value;
  throw wrong('it is no JSON object');
}

/** An object where another text than JSON is expected too. */
export function tryJsonObject<T extends object>(text: string): Partial<T> | undefined {
  const value = tryJson(text);
  return isMap(value) ? (value as Partial<T>) : undefined;
}

/** undefined where it is not JSON. */
export function tryJson(text: string): unknown {
  try {
    return isDeep(text) ? undefined : parseExactly(text);
  } catch {
    return undefined;
  }
}

/** Of the engine's words the place alone. */
function placeOf(error: unknown): string {
  const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  return position === undefined ? '' : ` at character ${Number(position) + 1}`;
}

function isDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === OPEN_MAP || code === OPEN_LIST) depth += 1;
    else if (code === CLOSE_MAP || code === CLOSE_LIST) depth -= 1;
    if (depth > DEEPEST) return true;
  }
  return false;
}

const [QUOTE, BACKSLASH, OPEN_MAP, CLOSE_MAP, OPEN_LIST, CLOSE_LIST] = [34, 92, 123, 125, 91, 93];

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
  }
  return text.length;
}
