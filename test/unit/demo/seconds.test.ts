import { describe, expect, test } from '@jest/globals';
import type { Bucket } from '../../../demo/load/model.ts';
import { perSecond, switches } from '../../../demo/picture/requests/seconds.ts';

const START = 5_000_050;
const bucket = (after: number, versions: Record<string, number>, lost = 0): Bucket => ({ at: START + after, versions, lost });

describe('seconds of the picture', () => {
  test('begin with the run, not with the clock’s second, and add up what their buckets hold', () => {
    const seconds = perSecond(
      [bucket(0, { v1: 3 }), bucket(900, { v1: 2 }, 4), bucket(1_000, { v1: 1, v2: 5 }), bucket(1_900, { v2: 7 }, 1)],
      START,
    );
    expect(seconds).toEqual([
      { at: START, versions: { v1: 5 }, lost: 4, share: 1 },
      { at: START + 1_000, versions: { v1: 1, v2: 12 }, lost: 1, share: 1 },
    ]);
  });

  test('hold every request of the run once', () => {
    const buckets = Array.from({ length: 57 }, (_, i) => bucket(i * 100, { [`v${i % 3}`]: i + 1 }, i % 5));
    const counted = (of: readonly Bucket[]) =>
      of.flatMap(({ versions, lost }) => [...Object.values(versions), lost]).reduce((a, b) => a + b);
    expect(counted(perSecond(buckets, START))).toBe(counted(buckets));
  });

  test('a second in which nothing was sent is there, and empty', () => {
    const seconds = perSecond([bucket(0, { v1: 1 }), bucket(2_900, { v1: 1 })], START);
    expect(seconds[1]).toEqual({ at: START + 1_000, versions: {}, lost: 0, share: 1 });
  });

  test('the last one is as long as requests were sent in it', () => {
    const seconds = perSecond([bucket(0, { v1: 25 }), bucket(1_000, { v1: 25 }), bucket(1_300, { v1: 25 })], START);
    expect(seconds.map(({ share }) => share)).toEqual([1, 0.4]);
  });

  test('no run, no second', () => {
    expect(perSecond([], START)).toEqual([]);
    expect(switches([])).toEqual([]);
  });
});

describe('a switch', () => {
  const run = (...versions: Record<string, number>[]) => switches(versions.map((counts, i) => bucket(i * 100, counts)));
  const [A, B] = [{ a: 25 }, { b: 25 }];

  test('is where another version begins to answer most requests, and stays', () => {
    expect(run(A, A, { a: 13, b: 12 }, { a: 10, b: 15 }, B, B, B)).toEqual([{ at: START + 300, to: 'b', back: false }]);
  });

  test('back is one to a version that has served before', () => {
    expect(run(A, B, B, B, B, A, A, A)).toEqual([
      { at: START + 100, to: 'b', back: false },
      { at: START + 500, to: 'a', back: true },
    ]);
  });

  test('is marked once, though its proxies follow one after the other', () => {
    expect(run(A, { a: 12, b: 13 }, { a: 13, b: 12 }, { a: 12, b: 13 }, B, B, B)).toEqual([{ at: START + 300, to: 'b', back: false }]);
  });

  test('buckets in which nothing was answered say nothing', () => {
    expect(run(A, {}, B, {}, B, B, A, A)).toEqual([{ at: START + 200, to: 'b', back: false }]);
  });
});
