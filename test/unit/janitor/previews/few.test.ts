import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fewOf } from '../../../../src/janitor/previews/few.ts';
import type { Preview } from '../../../../src/preview/model/index.ts';

const previews = fc.uniqueArray(
  fc.record({ uid: fc.uuid(), key: fc.record({ repositoryId: fc.integer({ min: 1, max: 2 }), number: fc.integer({ min: 1, max: 9 }) }) }),
  { selector: ({ uid }) => uid, maxLength: 20 },
) as fc.Arbitrary<Preview[]>;
const KEY = { repositoryId: 1, number: 3 };

test('never the own one, never another repository’s, never more; as many as there are', () => {
  fc.assert(
    fc.property(previews, fc.nat(6), fc.string(), (all, most, turn) => {
      const others = all.filter(({ key }) => key.repositoryId === 1 && key.number !== 3);
      const few = fewOf(all, { key: KEY, most, turn });
      expect(few).toHaveLength(Math.min(most, others.length));
      for (const one of few) expect(others).toContain(one);
      expect(new Set(few).size).toBe(few.length);
    }),
  );
});

test('each has its turn, and a turn is the same whatever the order of the list', () => {
  const all = Array.from({ length: 10 }, (_, index) => ({
    uid: `uid-${index}`,
    key: { repositoryId: 1, number: 10 + index },
  })) as Preview[];
  const seen = new Set(Array.from({ length: 100 }, (_, turn) => fewOf(all, { key: KEY, most: 1, turn: String(turn) })[0]?.uid));
  expect(seen.size).toBe(10);
  expect(fewOf(all, { key: KEY, most: 3, turn: 'x' })).toEqual(fewOf(all.toReversed(), { key: KEY, most: 3, turn: 'x' }));
});
