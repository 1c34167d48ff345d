import { expect, test } from '@jest/globals';
import { tryHistories } from './play/property.ts';

/** `npm run proof` plays 100,000. */
const RUNS = 200;
const SEEDS = [1, 2];

test.each(SEEDS)(
  'users are on a version that passed, and everything agrees after one more run: seed %d',
  async (seed) => {
    expect(await tryHistories({ seed, runs: RUNS / SEEDS.length }, { frozen: true })).toBeUndefined();
  },
  300_000,
);
