import { HttpError } from '../../../src/interfaces/errors.ts';
import { isMap } from '../../../src/interfaces/values.ts';
import { copy, same } from './fields.ts';

/** Pure: RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return copy(patch);
  const made: Record<string, unknown> = isMap(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete made[key];
    else if (value !== undefined) made[key] = mergePatch(made[key], value);
  }
  return made;
}

interface Operation {
  op: 'add' | 'replace' | 'remove' | 'test';
  path: string;
  value?: unknown;
}

/** Pure: RFC 6902, of its operations those that anybody sends here. Errors: `HttpError` 422 where there is nothing at a path. */
export function jsonPatch<T>(target: T, operations: readonly Operation[]): T {
  const made = copy(target);
  for (const { op, path, value } of operations) {
    const parts = path
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = parts.pop() ?? '';
    const parent = parts.reduce<unknown>((at, part) => (Array.isArray(at) ? at[Number(part)] : isMap(at) ? at[part] : undefined), made);
    if (!isMap(parent))
      throw new HttpError(`the server rejected our request due to an error in our request: ${path}`, { status: 422, code: 'Invalid' });
    if (op === 'test' && !same(parent[last], value)) throw new HttpError(`testing value ${path} failed`, { status: 422, code: 'Invalid' });
    if ((op === 'remove' || op === 'replace') && parent[last] === undefined)
      throw new HttpError(`the server rejected our request due to an error in our request: ${path}`, { status: 422, code: 'Invalid' });
    if (op === 'remove') delete parent[last];
    else if (op !== 'test') parent[last] = copy(value);
  }
  return made;
}
