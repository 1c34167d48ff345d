import { DeployError } from '../../interfaces/errors.ts';
import { parseJsonObject } from '../../interfaces/reading/json.ts';
import { isMap } from '../../interfaces/values.ts';

type Check = (value: unknown) => boolean;
/** Field to what it has to be; a document has exactly these. */
export type Shape = Readonly<Record<string, Check>>;

export const text: Check = (value) => typeof value === 'string';
export const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
export const digits: Check = (value) => typeof value === 'string' && /^\d+$/.test(value);
export const sha256: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
export const flag: Check = (value) => typeof value === 'boolean';
export const time: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
export const exactly =
  (wanted: unknown): Check =>
  (value) =>
    value === wanted;
export const oneOf =
  (...wanted: readonly unknown[]): Check =>
  (value) =>
    wanted.includes(value);
/** What older documents do not have. */
export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
export const listOf =
  (each: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(each);
export const mapOf =
  (each: Check): Check =>
  (value) =>
    isMap(value) && Object.values(value).every(each);
export const shaped =
  (shape: Shape): Check =>
  (value) =>
    wrongField(value, shape) === undefined;

/** Pure: reads a document of ours that came back from a storage; any other field, and any that is missing, makes it unreadable. */
export function readDocument<T extends object>(what: string, content: string, shape: Shape): T {
  const damaged = (why: string) => new DeployError('backup-damaged', `${what} cannot be read: ${why}`);
  const value = parseJsonObject<Record<string, unknown>>(content, damaged);
  if (value.schema !== 1) throw damaged('it is of a version that this one does not know');
  const wrong = wrongField(value, shape);
  if (wrong !== undefined) throw damaged(`its field "${wrong}" is missing, not expected, or not what it should be`);
  return value as T;
}

function wrongField(value: unknown, shape: Shape): string | undefined {
  if (!isMap(value)) return '(all)';
  return Object.entries(shape).find(([name, check]) => !check(value[name]))?.[0] ?? Object.keys(value).find((name) => !(name in shape));
}
