import { describe, expect, test } from '@jest/globals';
import { hasTurn, sampled } from '../../support/sample.ts';

const ROWS = ['a', 'b', 'c'];
const seeds = Array.from({ length: 60 }, (_, index) => `${index}`);

describe('a sample of the rows of a matrix', () => {
  test('is all of them where no seed is given', () => {
    const given = process.env.SAMPLE_SEED;
    delete process.env.SAMPLE_SEED;
    try {
      expect([sampled(ROWS, 'rows'), hasTurn('row', 1000)]).toEqual([ROWS, true]);
    } finally {
      if (given !== undefined) process.env.SAMPLE_SEED = given;
    }
  });

  test('is one of them, the same for the same seed', () => {
    for (const seed of seeds) {
      expect(sampled(ROWS, 'rows', seed)).toHaveLength(1);
      expect(sampled(ROWS, 'rows', seed)).toEqual(sampled(ROWS, 'rows', seed));
    }
  });

  test('over many runs every row has its turn, in about as many of them as the others', () => {
    for (const row of ROWS) {
      const taken = seeds.filter((seed) => sampled(ROWS, 'rows', seed)[0] === row).length;
      expect([row, taken > 10, taken < 30]).toEqual([row, true, true]);
    }
    const done = seeds.filter((seed) => hasTurn('row', 3, seed)).length;
    expect([done > 10, done < 30]).toEqual([true, true]);
  });

  test('two matrices do not go in step', () => {
    const pairs = seeds.map((seed) => `${sampled(ROWS, 'one', seed)}${sampled(ROWS, 'other', seed)}`);
    expect(new Set(pairs).size).toBe(ROWS.length ** 2);
  });
});
