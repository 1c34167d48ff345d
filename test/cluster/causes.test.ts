import { afterAll, describe, jest, test } from '@jest/globals';
import { clusterEnvironment } from '../../demo/environment.ts';
import { BESIDE_OTHERS } from '../support/causes/catalogue.ts';
import { sample } from '../support/causes/random.ts';
import { expectSaidOnCluster } from '../support/causes/said.ts';

jest.setTimeout(300_000);

/** How many of them a test run provokes, of those that take seconds; `npm run proof` all. Those that stop a node: cluster.test.ts. */
const SAMPLE = 4;
const QUICK = BESIDE_OTHERS.filter(({ limitMs = 0 }) => limitMs < 60_000);
const SEED = Number(process.env.SEED ?? Math.floor(Date.now() / 86_400_000));
const cluster = clusterEnvironment();
const isProof = process.env.PROOF_SEEDS !== undefined;
const chosen = isProof ? BESIDE_OTHERS : sample(QUICK, SAMPLE, SEED);
const removed: Promise<void>[] = [];

afterAll(() => Promise.all(removed));

// Most of them wait; all of them, one after the other, would take half an hour.
const each = isProof ? test.concurrent.each : test.each;

describe(`provoked on the cluster (SEED=${SEED})`, () => {
  each(chosen.map((scenario) => [scenario.name, scenario] as const))('%s', (_, scenario) =>
    expectSaidOnCluster(scenario, cluster, removed),
  );
});
