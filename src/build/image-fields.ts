import { suggestion } from '../interfaces/closest.ts';
import { ConfigurationError } from '../interfaces/errors.ts';
import { answerToKey } from './docker-words.ts';

/** Keys of one image, its scalars kept as text. */
export type ImageFields = Readonly<Record<string, unknown>>;

export const wrongImage = (what: string, hint?: string): ConfigurationError => new ConfigurationError(`Input "images": ${what}`, { hint });

/** Refuses a key that is not known, with what it is called here where it is docker's, or a slip. */
export function checkKeys(fields: ImageFields, name: string, known: readonly string[]): void {
  const key = Object.keys(fields).find((one) => !known.includes(one));
  if (key === undefined) return;
  const slip = suggestion(key, known);
  const answer = slip === '' ? answerToKey(key) : undefined;
  throw wrongImage(`image "${name}" has the unknown key "${key}"${slip}`, answer ?? `known keys: ${known.join(', ')}`);
}

export function textOf(fields: ImageFields, key: string, name: string): string | undefined {
  const value = fields[key];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw wrongImage(`image "${name}": "${key}" is not text`);
  if (value.startsWith('-')) throw wrongImage(`image "${name}": "${key}" starts with "-" and would be read as a flag`);
  return value;
}

/** A list, or its entries in one text, separated by commas or lines. Undefined where the key is left out. */
export function listOf(fields: ImageFields, key: string, name: string, separator: RegExp = /[,\n]/): string[] | undefined {
  const value = fields[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' && !Array.isArray(value)) throw wrongImage(`image "${name}": "${key}" is neither text nor a list`);
  const items: unknown[] = Array.isArray(value) ? value : value.split(separator);
  return items.flatMap((item) => {
    if (typeof item !== 'string') throw wrongImage(`image "${name}": "${key}" holds what is not text`);
    return item.trim() === '' ? [] : [item.trim()];
  });
}

export function booleanOf(fields: ImageFields, key: string, name: string): boolean | undefined {
  const value = textOf(fields, key, name);
  if (value === undefined) return undefined;
  if (/^true$/i.test(value)) return true;
  if (/^false$/i.test(value)) return false;
  throw wrongImage(`image "${name}": "${key}" is "${value}": not a boolean (allowed: true, false)`);
}
