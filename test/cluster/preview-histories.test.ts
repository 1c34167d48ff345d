import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { clusterEnvironment } from '../../demo/environment.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { KubernetesClient } from '../../src/tools/kubernetes/client.ts';
import { loadKubeconfig } from '../../src/tools/kubernetes/load.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { tryHistories } from '../api/preview/play/property.ts';
import type { Repository } from '../api/preview/play/repository.ts';
import { GitHubStandIn } from '../support/github/server.ts';
import { PairApp } from './deploy-support.ts';
import { ChildRunner, Namespaces } from './preview-runs.ts';

/**
 * The histories of test/api/preview/histories.test.ts, whole: the built actions as child processes, Helm, pods and namespaces as a cluster has
 * them. `npm run proof` plays 20; PREVIEW_CLUSTER_HISTORIES=5 plays so many, PREVIEW_HISTORIES_SEED and PREVIEW_HISTORIES_PATH one again.
 */
const { PREVIEW_CLUSTER_HISTORIES, PREVIEW_HISTORIES_SEED, PREVIEW_HISTORIES_PATH: path, SAMPLE_SEED, PROOF_SEEDS } = process.env;
const COUNT = path ? 1 : Number(PREVIEW_CLUSTER_HISTORIES ?? (PROOF_SEEDS === undefined ? 1 : 20));
const FIRST = Number(PREVIEW_HISTORIES_SEED ?? (Number.parseInt(SAMPLE_SEED ?? '', 36) || 1));
const SIDE_BY_SIDE = 2;
const NAMESPACE = 'preview-histories';

const cluster = clusterEnvironment();
const access = loadKubeconfig({ path: cluster.kubeconfig });
const namespaces = new Namespaces(access);
let app: PairApp;
beforeAll(async () => {
  app = await PairApp.create(NAMESPACE, cluster, ['v1'], new NodeProcessRunner({ env: process.env }));
  namespaces.start();
}, 300_000);
afterAll(async () => {
  await namespaces.stop();
  const kubernetes = new KubernetesClient(access, { namespace: 'default' });
  await kubernetes.delete({ apiVersion: 'v1', kind: 'Namespace', name: NAMESPACE });
  await kubernetes.close();
}, 60_000);

test(`${path ? 'one history' : `${COUNT} random histories`} of previews on the cluster, from seed ${FIRST} on`, async () => {
  const image = { repository: app.image, tag: 'v1', namespace: NAMESPACE };
  const { KUBECONFIG: _, ...env } = cluster.env as Record<string, string>;
  const worldWith = (standIn: GitHubStandIn) => ({
    standIn,
    access,
    pace: systemClock,
    namespaces,
    runnerFor: (repository: Repository) => new ChildRunner(repository, image, env),
    // The waker's image is not built for it, and a fork's commit needs a checkout of the base branch.
    fixed: { drafts: 'up', sleeps: false, forks: false } as const,
  });
  const seeds = Array.from({ length: COUNT }, (_, index) => FIRST + index);
  const wrong: string[] = [];
  const work = async (): Promise<void> => {
    const standIn = await GitHubStandIn.start();
    for (let seed = seeds.shift(); seed !== undefined && wrong.length < 3; seed = seeds.shift()) {
      const found = await tryHistories({ seed, runs: 1, path }, worldWith(standIn));
      if (found !== undefined) wrong.push(found);
      if (COUNT > 1) process.stderr.write(`${COUNT - seeds.length} histories begun, ${wrong.length} wrong\n${found ?? ''}`);
    }
    standIn.close();
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  expect(wrong.join('\n\n')).toBe('');
}, 3_600_000);
