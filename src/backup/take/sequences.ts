import { DeployError } from '../../interfaces/errors.ts';
import type { SequenceValue } from '../../interfaces/postgres.ts';
import type { Table } from '../database/rights.ts';

/** Throws where the dump does not set a sequence of the database. */
export function requireSequences(dumped: readonly SequenceValue[], tables: readonly Table[]): void {
  const names = new Set(dumped.map(({ name }) => name));
  const missing = tables.find(({ kind, name }) => kind === 'S' && !names.has(name));
  if (missing) throw new DeployError('backup-failed', `The dump does not hold the value of sequence ${missing.name}`);
}

/** Pure: sequences whose value in the dump was not between that before and that after it: someone has set them meanwhile. */
export function moved(before: readonly SequenceValue[], dumped: readonly SequenceValue[], after: readonly SequenceValue[]): string[] {
  const numberOf = (values: readonly SequenceValue[], name: string): bigint | undefined => {
    const found = values.find((value) => value.name === name);
    return found === undefined ? undefined : BigInt(found.value);
  };
  return dumped.flatMap(({ name, value }) => {
    const [from, to, own] = [numberOf(before, name), numberOf(after, name), BigInt(value)];
    if (from === undefined || to === undefined) return [];
    return (from <= own && own <= to) || (to <= own && own <= from) ? [] : [name];
  });
}
