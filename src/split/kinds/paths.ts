type Fields = Record<string, unknown>;

/** What stands at a path of fields (`spec.template`), a part of the object; the object itself at the empty path. */
export function valueAt(object: object, path: string): unknown {
  return stepsOf(path).reduce<unknown>((part, step) => (part as Fields | undefined | null)?.[step], object);
}

/** Replaces the text at a path, in place; where there is none nothing changes. */
export function changeTextAt(object: object, path: string, change: (text: string) => string): void {
  const steps = stepsOf(path);
  const last = steps.pop() ?? '';
  const parent = valueAt(object, steps.join('.')) as Fields | undefined | null;
  const text = parent?.[last];
  if (typeof text === 'string' && parent) parent[last] = change(text);
}

const stepsOf = (path: string): string[] => (path === '' ? [] : path.split('.'));
