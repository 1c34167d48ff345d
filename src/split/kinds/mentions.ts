import type { PodSpec } from 'kubernetes-types/core/v1.d.ts';
import { containersOf } from './pods.ts';

const isPartOfName = (character: string | undefined): boolean => character !== undefined && /[a-z0-9.-]/i.test(character);

/** Whether a container of the pod has the name, as a whole word, in its command, its arguments or a variable: it may wait for that object. */
export function mentions(spec: PodSpec | undefined, name: string): boolean {
  const texts = containersOf(spec).flatMap(({ command = [], args = [], env = [] }) => [
    ...command,
    ...args,
    ...env.map(({ value }) => value),
  ]);
  return texts.some((text) => typeof text === 'string' && hasWord(text, name));
}

/** A name as a whole word: not as a part of another name. */
export function hasWord(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (!isPartOfName(text[at - 1]) && !isPartOfName(text[at + name.length])) return true;
  }
  return false;
}
