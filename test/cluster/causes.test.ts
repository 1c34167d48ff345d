import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { type ClusterEnvironment, clusterEnvironment } from '../../demo/environment.ts';
import type { StepFailure } from '../../src/deploy/diagnosis/failure.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { KubernetesClient } from '../../src/tools/kubernetes/client.ts';
import { loadKubeconfig } from '../../src/tools/kubernetes/load.ts';
import { SCENARIOS } from '../support/causes/catalogue.ts';
import { judge } from '../support/causes/judge.ts';
import { expectedOf, Provoked } from '../support/causes/provoke.ts';
import { sample } from '../support/causes/random.ts';
import type { Scenario } from '../support/causes/scenario.ts';

jest.setTimeout(300_000);

/** How many of them a test run provokes, of those that take seconds; `npm run proof` all. */
const SAMPLE = 4;
const QUICK = SCENARIOS.filter(({ limitMs = 0 }) => limitMs < 60_000);
const SEED = Number(process.env.SEED ?? Math.floor(Date.now() / 86_400_000));
const LIMIT_MS = 90_000;
const cluster: ClusterEnvironment = clusterEnvironment();
const chosen = process.env.PROOF_SEEDS ? SCENARIOS : sample(QUICK, SAMPLE, SEED);
const removed: Promise<void>[] = [];

afterAll(() => Promise.all(removed));

describe(`provoked on the cluster (SEED=${SEED})`, () => {
  test.each(chosen.map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario: Scenario) => {
    const provoked = new Provoked(scenario, cluster, 'cause');
    const { namespace } = provoked;
    const kubernetes = new KubernetesClient(loadKubeconfig({ path: cluster.kubeconfig, context: cluster.context }), { namespace });
    try {
      await provoked.prepare();
      const { hook, limitMs = LIMIT_MS } = scenario;
      const judged = { expected: hook ? [] : expectedOf(scenario), hook, limitMs };
      const verdict = await judge(judged, { kubernetes, clock: systemClock }, () => provoked.begin());
      await expectSaid(scenario, verdict);
    } finally {
      removed.push(provoked.remove());
      await kubernetes.close();
    }
  });
});

async function expectSaid({ verdict }: Scenario, said: 'ready' | StepFailure): Promise<void> {
  if (verdict === 'ready') {
    expect(said).toBe('ready');
    return;
  }
  const { reason, message, hint, evidence } = verdict;
  expect(said).toMatchObject({ reason, message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
  const told = said === 'ready' ? [] : await said.evidence();
  if (evidence) expect(told.map(({ text }) => text).join('\n')).toMatch(evidence);
}
