import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ensurePrograms } from '../../cluster/programs/build.ts';
import { type ClusterEnvironment, clusterEnvironment, ROOT } from '../../demo/environment.ts';
import { PULL_SECRET } from '../../demo/namespace.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { sampled } from '../support/sample.ts';
import { expectGreen, PairApp } from './deploy-support.ts';

jest.setTimeout(400_000);

const runner = new NodeProcessRunner({ env: process.env });
const NODES = ['node1', 'node2'];
const PER_SECOND = 40;
const CHART = join(ROOT, 'test/charts/pair');
/** The checks of a plain Helm release have nothing to do with ours: its pods are as good as its probes. */
const CHECKS = '- {service: pair-frontend, path: /}';

/** The frontend's settings say whom it calls. */
const SETTINGS = {
  frontend: { replicas: 2, env: { BACKEND_URL: 'http://pair-backend:8080' } },
  autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 4, cpu: 80 },
};

let cluster: ClusterEnvironment;
let app: PairApp;
let helm3: string;

beforeAll(async () => {
  cluster = clusterEnvironment();
  helm3 = (await ensurePrograms(['helm3'])).get('helm3') ?? '';
}, 400_000);

async function helm(program: string, ...args: string[]): Promise<string> {
  const command = [program, '--namespace', app.namespace, ...args] as const;
  const env = { ...cluster.env, PATH: `${dirname(helm3)}:${cluster.env.PATH}` };
  return (await runner.run({ command, env, timeoutMs: 180_000 })).stdout;
}

const upgrade = (program: string, version: string, flags: readonly string[]) => {
  const values = JSON.parse(app.values(version, { ...SETTINGS, imagePullSecrets: [{ name: PULL_SECRET }] }));
  const set = Object.entries(values).map(([key, value]) => `--set-json=${key}=${JSON.stringify(value)}`);
  return helm(program, 'upgrade', '--install', 'pair', CHART, ...set, '--wait', '--timeout=2m', ...flags);
};

const history = async (program: string): Promise<string[]> =>
  JSON.parse(await helm(program, 'history', 'pair', '--output=json')).map(
    ({ revision, status }: { revision: number; status: string }) => `${revision} ${status}`,
  );

const names = (kind: string): string[] =>
  app
    .get(kind, '--selector=app.kubernetes.io/instance=pair')
    .items.map((one: { metadata: { name: string } }) => one.metadata.name)
    .sort();

const deploy = (version: string, more: Record<string, string> = {}) =>
  app.deploy(version, { values: app.values(version, SETTINGS), smoke: CHECKS, bake: '3s', drain: '3s', ...more });

/** What each of them leaves behind is told apart by test/api/deploy/states/adoption.test.ts, which takes all three in every run. */
const WAYS: [title: string, program: string, flags: string[]][] = [
  ['Helm 3', 'helm3', []],
  ['Helm 4, client-side apply', 'helm', ['--server-side=false']],
  ['Helm 4, server-side apply', 'helm', ['--server-side=true']],
];

describe.each(sampled(WAYS, 'adoption'))('an app that %s runs, under load', (title, program, flags) => {
  beforeAll(async () => {
    const name = `adoption-${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
    app = await PairApp.create(name, cluster, ['v1', 'v2', 'v3'], runner);
  }, 400_000);
  afterAll(() => {
    app.kubectl('delete', 'namespace', app.namespace, '--wait=false');
  });

  test('a plan of the takeover touches nothing', async () => {
    await upgrade(program, 'v1', flags);
    const all = () => app.kubectl('get', 'deployments,services,secrets,configmaps,leases', '--output=name');
    const before = all();
    const result = expectGreen(await deploy('v2', { 'dry-run': 'true' }));
    expect(result.summary).toContain('Takeover from plain Helm');
    expect(result.summary).toContain('Service/pair-frontend is pinned to the pods that serve now');
    expect(all()).toBe(before);
    for (const node of NODES) app.startLoad(node, PER_SECOND, 380);
  });

  test('a version that fails behind the switch: plain Helm has its app again', async () => {
    const values = app.values('v3', { ...SETTINGS, frontend: { replicas: 2, env: { ...SETTINGS.frontend.env, FAIL_PATHS: '/' } } });
    const result = await deploy('v3', { values });
    expect(result.outputs).toMatchObject({ status: 'rolled-back', 'failure-reason': 'smoke-failed', version: 'Helm revision 1' });
    expect(names('deployments')).toEqual(['pair-backend', 'pair-frontend', 'pair-worker']);
    expect(await history(program)).toEqual(['1 deployed']);
  });

  test('becomes blue-green with its first deploy, and nothing plain is left', async () => {
    const result = expectGreen(await deploy('v2'));
    expect(result.outputs).toMatchObject({ status: 'deployed', 'active-color': 'blue', 'previous-version': 'Helm revision 1' });
    expect(app.colors()).toEqual(['blue', 'blue']);
    expect(names('deployments')).toEqual(['pair-backend-blue', 'pair-frontend-blue', 'pair-worker-blue']);
    expect(names('horizontalpodautoscalers')).toEqual(['pair-backend-blue']);
    expect(names('poddisruptionbudgets')).toEqual(['pair-backend-blue', 'pair-frontend-blue']);
    expect(expectGreen(await deploy('v3')).outputs).toMatchObject({ 'active-color': 'green', 'previous-version': 'v2' });
  });

  test('is given back to plain Helm', async () => {
    const result = expectGreen(await app.rollback('plain', { bake: '3s', drain: '3s' }));
    expect(result.outputs).toMatchObject({ status: 'deployed', version: 'Helm revision 1', 'active-color': '' });
    expect(names('deployments')).toEqual(['pair-backend', 'pair-frontend', 'pair-worker']);
    expect(names('horizontalpodautoscalers')).toEqual(['pair-backend']);
    expect(names('services')).toEqual(['pair-backend', 'pair-frontend']);
    expect(await history(program)).toEqual(['1 deployed']);
    expect(JSON.parse(await helm(program, 'get', 'values', 'pair', '--output=json'))).toMatchObject({ image: { tag: 'v1' } });
  });

  test('no request was lost through all of that, none was answered by two versions', () => {
    for (const node of NODES) {
      const { sent, lost, mixed, versions } = app.stopLoad(node);
      expect({ lost, mixed }).toEqual({ lost: [], mixed: [] });
      expect(sent).toBeGreaterThan(1_000);
      expect(Object.keys(versions).sort()).toEqual(['v1', 'v2', 'v3']);
    }
  });

  test('plain Helm goes on: upgrade and rollback', async () => {
    await upgrade(program, 'v2', flags);
    await helm(program, 'rollback', 'pair', '--wait', '--timeout=2m');
    expect(app.get('deployment', 'pair-frontend').spec.template.spec.containers[0].image).toContain(':v1');
    expect(await history(program)).toEqual(['1 superseded', '2 superseded', '3 deployed']);
  });
});
