import { describe, expect, test } from '@jest/globals';
import { type ColorRevision, rebuiltEntry, servedRevisions } from '../../../../src/deploy/state/rebuild.ts';
import type { Color } from '../../../../src/split/model.ts';

/** `B1`, `G2!`: color and revision, in the order in which they were made; `!` did not pass. */
const made = (...names: string[]): ColorRevision[] =>
  names.map((name, index) => {
    const color: Color = name.startsWith('B') ? 'blue' : 'green';
    const at = new Date(index * 60_000).toISOString();
    return { color, revision: Number.parseInt(name.slice(1), 10), at, description: `todo-deploy: ${name}`, failed: name.endsWith('!') };
  });
const served = (names: string[], active: Color) =>
  servedRevisions(made(...names), active).map(({ color, revision }) => `${color === 'blue' ? 'B' : 'G'}${revision}`);

describe('which revisions served', () => {
  test.each<[string[], Color, string[]]>([
    [['B1'], 'blue', ['B1']],
    [['B1', 'G1!'], 'green', ['B1']],
    [['B1!'], 'blue', []],
    [['B1', 'G1!', 'G2'], 'green', ['G2', 'B1']],
    [['B1', 'G1', 'B2'], 'blue', ['B2', 'G1', 'B1']],
    [['B1', 'G1', 'G2', 'B2'], 'blue', ['B2', 'G2', 'B1']],
    // The newest failed, or was never switched to.
    [['B1', 'G1', 'B2', 'B3'], 'green', ['G1', 'B1']],
    [['B1', 'G1'], 'blue', ['B1']],
    [['B1', 'B2', 'G1'], 'green', ['G1', 'B2']],
    [['G1'], 'blue', []],
  ])('%j, and %s serves: %j', (names, active, expected) => expect(served(names, active)).toEqual(expected));
});

test('the base of a version is the last that was made for it, else the one that was there', () => {
  const record = { version: 'v2', partHash: 'p', images: [], services: [], replicas: {} };
  const [, green] = made('B1', 'G1');
  const base = (revision: number, minute: number, description: string) => ({
    revision,
    at: new Date(minute * 60_000).toISOString(),
    description,
  });
  const bases = [
    base(1, 0, 'todo-deploy: base of v1, shared by both colors'),
    base(2, 5, 'todo-deploy: base of v2, the old color is gone'),
  ];
  if (!green) throw new Error('no revision');
  expect(rebuiltEntry(record, green, bases)).toMatchObject({
    version: 'v2',
    color: 'green',
    colorRevision: 1,
    baseRevision: 2,
    baseHash: '',
  });
  expect(rebuiltEntry({ ...record, version: 'v3' }, green, bases).baseRevision).toBe(1);
});
