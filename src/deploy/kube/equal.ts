import { isMap } from '../../interfaces/values.ts';

/** Pure: whether two JSON values say the same; the order of a map's keys does not count, nor does a key without a value. */
export function equal(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) || Array.isArray(other)) {
    return Array.isArray(one) && Array.isArray(other) && one.length === other.length && one.every((item, at) => equal(item, other[at]));
  }
  if (!isMap(one) || !isMap(other)) return one === other;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) => equal(one[key], other[key]));
}
