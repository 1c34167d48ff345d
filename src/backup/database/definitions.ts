import { createHash } from 'node:crypto';
import type { Hashing } from './hashing.ts';

/** `-- Name: todo_title; Type: INDEX; Schema: public; Owner: app` */
const HEADER = /^-- (?:Data for )?Name: (.*); Type: (.*); Schema: (.*); Owner: (.*)$/;
/** Settings of the script itself; they stand where the first object that needs them does. */
const SETTING = /^(SET |\\(un)?restrict |SELECT pg_catalog\.set_config|-- Dumped |-- PostgreSQL database dump|--$|$)/;

/**
 * Pure: what pg_dump's definitions say, an object a row: kind and name to a SHA-256. Nothing that pg_dump carries is left out, since it is
 * pg_dump's own text; grants are sorted, and columns of a table that inherits: they may come back in another order. `hashing`: as the
 * manifest has it; of the first ones all columns are in their order.
 */
export function definitionsIn(script: string, hashing: Hashing): Record<string, string> {
  const objects = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of script.split('\n')) {
    const [, name, type, schema, owner] = HEADER.exec(line) ?? [];
    if (name !== undefined && type !== undefined) {
      current = [`owner ${owner}`];
      objects.set(unused(objects, `${type} ${schema === '-' ? '' : `${schema}.`}${name}`), current);
    } else if (!SETTING.test(line)) current.push(line);
  }
  const lines = (name: string, text: readonly string[]): readonly string[] => {
    if (isGrants(name)) return text.toSorted();
    return hashing === 'columns' && text.some((line) => line.startsWith('INHERITS (')) ? text.map(withoutComma).toSorted() : text;
  };
  return Object.fromEntries([...objects].map(([name, text]) => [name, digest(lines(name, text))]));
}

const withoutComma = (line: string): string => line.replace(/,$/, '');

const isGrants = (name: string): boolean => /^(DEFAULT )?ACL /.test(name);
const digest = (lines: readonly string[]): string => createHash('sha256').update(lines.join('\n')).digest('hex');

/** Constraints and triggers of two tables may have one name; pg_dump writes table and name then, but not for every kind. */
function unused(objects: ReadonlyMap<string, unknown>, name: string): string {
  for (let number = 2, tried = name; ; number++) {
    if (!objects.has(tried)) return tried;
    tried = `${name} (${number})`;
  }
}
