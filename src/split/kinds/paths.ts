import { fieldAt, isMap } from '../../interfaces/values.ts';

/** What stands at a path of fields (`spec.template`), a part of the object; the object itself at the empty path. */
export function valueAt(object: object, path: string): unknown {
  return fieldAt(object, ...stepsOf(path));
}

/** Replaces the text at a path, in place; where there is none nothing changes. */
export function changeTextAt(object: object, path: string, change: (text: string) => string): void {
  const steps = stepsOf(path);
  const last = steps.pop() ?? '';
  const parent = valueAt(object, steps.join('.'));
  if (!isMap(parent)) return;
  const text = parent[last];
  if (typeof text === 'string') parent[last] = change(text);
}

const stepsOf = (path: string): string[] => (path === '' ? [] : path.split('.'));
