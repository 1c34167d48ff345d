import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Counts, countsIn, countsText, hasGrown } from '../../../../src/preview/visits/counts.ts';

const uid = fc.stringMatching(/^[0-9a-f]{8}$/);
const counts = fc.dictionary(uid, fc.integer({ min: 0, max: 1_000_000_000 }), { minKeys: 1, maxKeys: 20 }).map((one) => ({ ...one }));

describe('counts of a front door’s pods', () => {
  test('are read back as they were noted', () =>
    fc.assert(fc.property(counts, (some) => expect(countsIn(countsText(some))).toEqual(some))));

  test.each([undefined, '', 'soon', 'a1b2c3d4=', 'a1b2c3d4=-1', 'a1b2c3d4=1;b=2', 'A1=1', 'a1b2c3d4=1e9'])('%p is none', (text) =>
    expect(countsIn(text)).toBeUndefined(),
  );

  test.each<[string, Counts, Counts, boolean]>([
    ['the same', { a: 3, b: 4 }, { a: 3, b: 4 }, false],
    ['one has counted more', { a: 3, b: 4 }, { a: 3, b: 5 }, true],
    ['a pod is new, and nobody came', { a: 3 }, { a: 3, b: 0 }, false],
    ['a pod is new, and somebody came', { a: 3 }, { a: 3, b: 1 }, true],
    ['a pod has started again, and nobody came', { a: 3 }, { a: 0 }, false],
    ['a pod has started again, and somebody came', { a: 3 }, { a: 2 }, true],
    ['a pod is gone', { a: 3, b: 4 }, { a: 3 }, false],
    ['no pod told', { a: 3 }, {}, false],
  ])('%s', (_, noted, now, grown) => expect(hasGrown(noted, now)).toBe(grown));
});
