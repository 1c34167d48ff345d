import type { SequenceValue } from '../../interfaces/postgres.ts';

/** Pure: whether an entry of a dump's table of contents (`pg_restore --list`) is a sequence's value. */
export const isSequenceValue = (entry: string): boolean => / SEQUENCE SET /.test(entry);

const HEADER = /^-- Name: (.*); Type: (.*); Schema: (.*); Owner: (.*)$/;

/** Pure: of a dump's whole script the parts about the database itself, which its list does not show. */
export function ofDatabase(script: string): string {
  let wanted = false;
  const lines = script.split('\n').filter((line) => {
    const [, name = '', type] = HEADER.exec(line) ?? [];
    if (type !== undefined) wanted = type.startsWith('DATABASE') || (name.startsWith('DATABASE ') && /^(ACL|COMMENT)$/.test(type));
    return wanted;
  });
  return lines.join('\n');
}

const SETVAL = /^SELECT pg_catalog\.setval\('((?:[^']|'')+)', (-?\d+), (true|false)\);$/;

/** Pure: what the statements of these lines set. */
export function sequenceValues(script: string): SequenceValue[] {
  return script.split('\n').flatMap((line) => {
    const [, name, value, called] = SETVAL.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [{ name: name.replaceAll("''", "'"), value, called: called === 'true' }];
  });
}
