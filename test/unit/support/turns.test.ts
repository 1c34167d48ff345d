import { describe, expect, test } from '@jest/globals';
import { type Draw, drawn } from '../../support/turns.ts';

const FILES = ['always', 'long', 'middle', 'short', 'new'];
const draw = (more: Partial<Draw> = {}): string[] =>
  drawn({
    files: FILES,
    seconds: { always: 10, long: 60, middle: 20, short: 5 },
    always: (file) => file === 'always',
    budget: 40,
    seed: '1',
    ...more,
  });
const seeds = Array.from({ length: 200 }, (_, index) => `${index}`);

describe('files that have their turn', () => {
  test('what every run takes, and what is new, whatever the budget', () => {
    for (const seed of seeds) expect(draw({ budget: 0, seed })).toEqual(['always', 'new']);
  });

  test('all of them, in their order, where there is time for all', () => {
    expect(draw({ budget: 1_000 })).toEqual(FILES);
  });

  test('the same for the same seed, and no further one once the budget is used', () => {
    for (const seed of seeds) {
      const taken = draw({ seed });
      expect(draw({ seed })).toEqual(taken);
      // Without the last one taken, which may go beyond, there was time left.
      expect(taken.filter((file) => ['long', 'middle', 'short'].includes(file)).length).toBeGreaterThan(0);
      if (taken.includes('long')) expect(taken.length).toBeLessThanOrEqual(5);
    }
  });

  test('over many runs each has its turn, the longest too', () => {
    for (const file of FILES) {
      const times = seeds.filter((seed) => draw({ seed }).includes(file)).length;
      expect([file, times > 60]).toEqual([file, true]);
    }
  });
});
