import { expect } from '@jest/globals';
import type { ClusterEnvironment } from '../../../demo/environment.ts';
import type { StepFailure } from '../../../src/deploy/diagnosis/failure.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { loadKubeconfig } from '../../../src/tools/kubernetes/load.ts';
import { judge } from './judge.ts';
import { expectedOf, Provoked } from './provoke.ts';
import type { Scenario } from './scenario.ts';

const LIMIT_MS = 90_000;

/** Provokes a scenario on the cluster, and expects what the product says of it. Returns once its removal has begun, which `removed` waits for. */
export async function expectSaidOnCluster(scenario: Scenario, cluster: ClusterEnvironment, removed: Promise<void>[]): Promise<void> {
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
}

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
