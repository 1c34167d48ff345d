import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { stringify } from 'yaml';
import { type ClusterEnvironment, clusterEnvironment, ROOT } from '../../demo/environment.ts';
import type { AppStatus } from '../../src/deploy/status/index.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { type ActionResult, runAction } from '../support/action.ts';
import { DigitalOceanStandIn } from '../support/digitalocean/stand-in.ts';
import { CLUSTER_ID } from '../support/digitalocean/world.ts';
import { shippedRole } from '../support/shipped-role.ts';
import { errorsOf, PairApp } from './deploy-support.ts';

jest.setTimeout(240_000);

let cluster: ClusterEnvironment;
let app: PairApp;

beforeAll(async () => {
  cluster = clusterEnvironment();
  app = await PairApp.create('status-test', cluster, ['v1', 'v2'], new NodeProcessRunner({ env: process.env }));
  for (const version of ['v1', 'v2']) {
    const result = await app.deploy(version, { bake: '1s', drain: '0s' });
    if (result.exitCode !== 0) throw new Error(`The deploy of ${version} is red:\n${result.log.slice(-20).join('\n')}`);
  }
  // Everything below is read with the shipped Role and nothing else.
  app.apply(shippedRole('pair', 'status'));
  app.kubectl('create', 'serviceaccount', 'watcher');
  app.kubectl('create', 'rolebinding', 'watcher', '--role=todo-deploy-status', '--serviceaccount=status-test:watcher');
});
afterAll(() => {
  app.kubectl('delete', 'namespace', app.namespace, '--wait=false');
});

async function status(
  inputs: Record<string, string> = {},
  env: Record<string, string | undefined> = {},
): Promise<{ result: ActionResult; report: AppStatus }> {
  const result = await runAction({
    action: 'actions/status',
    cwd: ROOT,
    inputs: { release: 'pair', namespace: app.namespace, 'service-account': 'status-test/watcher', ...inputs },
    env: { ...cluster.env, GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/pair', GITHUB_RUN_ID: '7', PATH: '/nowhere', ...env },
  });
  if (result.outputs['report-file'] === undefined) throw new Error(result.log.join('\n'));
  return { result, report: JSON.parse(readFileSync(result.outputs['report-file'], 'utf8')) as AppStatus };
}
const warnings = (result: ActionResult): string[] => result.log.filter((line) => line.startsWith('::warning'));

describe('status, with an account that may only read', () => {
  test('after two deploys: healthy, nothing drifted, and the way back is known', async () => {
    const { result, report } = await status({ 'fail-on-drift': 'true', 'fail-on-unhealthy': 'true' });
    expect([result.exitCode, warnings(result), report.drift, report.unseen]).toEqual([0, [], [], []]);
    expect(result.outputs).toMatchObject({
      state: 'serving',
      healthy: 'true',
      'active-color': 'green',
      version: 'v2',
      'previous-version': 'v1',
      drift: '',
      holder: '',
      'in-flight': '',
    });
    const [blue, green] = report.colors;
    expect([blue?.role, blue?.version, green?.role, green?.version]).toEqual(['at zero', 'v1', 'active', 'v2']);
    const backend = green?.workloads.find(({ workload }) => workload === 'Deployment/pair-backend-green');
    expect(backend).toMatchObject({
      ready: true,
      text: '2/2 ready',
      images: [{ image: `${app.image}:v2`, digests: [expect.stringMatching(/^sha256:/)] }],
    });
    expect(report.services.map(({ name, color, endpoints }) => [name, color, endpoints])).toEqual([
      ['pair-backend', 'green', 2],
      ['pair-frontend', 'green', 2],
    ]);
    expect(report.rollback).toEqual([expect.objectContaining({ to: '-1', version: 'v1', possible: true })]);
    expect(result.summary.split('\n')[0]).toBe('## pair: v2 serves as green, healthy');
    expect(result.summary).toContain('`-1` scales blue up, checks it, and switches');
  });

  test('a selector patched by hand: named, with who did it; put back, it is gone', async () => {
    const patch = (color: string) =>
      app.kubectl(
        'patch',
        'service',
        'pair-frontend',
        '--type=merge',
        '--patch',
        JSON.stringify({ spec: { selector: { 'todo-deploy.dev/color': color } } }),
      );
    patch('blue');
    const { result, report } = await status({ 'fail-on-drift': 'true' });
    patch('green');
    expect(report.state).toBe('mixed');
    expect(result.outputs.drift).toMatch(
      /^Service\/pair-frontend: selects blue; the last deploy switched it to green \(kubectl-patch, 20\d\d-.*Z\)$/,
    );
    expect([result.exitCode, errorsOf(result)]).toEqual([
      1,
      [expect.stringContaining('"pair" is not as it was deployed: Service/pair-frontend: selects blue')],
    ]);
    expect((await status()).report.drift).toEqual([]);
  });

  test('image, replicas and configuration changed by hand: each named', async () => {
    app.kubectl('set', 'image', 'deployment/pair-worker-green', `worker=${app.image}:v1`);
    app.kubectl('scale', 'deployment/pair-frontend-green', '--replicas=3');
    const config = app.get('configmaps', '--selector=todo-deploy.dev/color=green').items[0].metadata.name;
    app.kubectl('patch', 'configmap', config, '--type=merge', '--patch', '{"data":{"extra":"by hand"}}');
    app.kubectl('rollout', 'status', 'deployment/pair-frontend-green', '--timeout=60s');
    const { result, report } = await status();
    expect(report.drift.map(({ object, kind }) => `${object} ${kind}`).sort()).toEqual(
      [`ConfigMap/${config} changed`, 'Deployment/pair-frontend-green replicas', 'Deployment/pair-worker-green image'].sort(),
    );
    expect(result.outputs.drift).toContain(`has the image ${app.image}:v1; deployed was ${app.image}:v2 (kubectl-set, `);
    expect(result.outputs.drift).toContain('Deployment/pair-frontend-green: is scaled to 3; deployed with 2 (kubectl');
    expect(result.outputs.drift).toContain('data was changed: extra (kubectl-patch, ');
    expect([result.exitCode, result.outputs.healthy, result.outputs.state]).toEqual([0, 'false', 'serving']);
  });

  test('a lease that is held: by whom', async () => {
    const held = {
      spec: {
        holderIdentity: 'acme/pair/9/1/deploy/x',
        renewTime: new Date().toISOString().replace('Z', '000Z'),
        leaseDurationSeconds: 60,
      },
    };
    app.kubectl('patch', 'lease', 'todo-deploy-pair', '--type=merge', '--patch', JSON.stringify(held));
    const { result, report } = await status();
    expect(report.lease).toMatchObject({ holder: 'acme/pair/9/1/deploy/x', expired: false });
    expect(result.outputs.holder).toContain('acme/pair');
    expect(result.summary).toContain('The lease is held by acme/pair');
    app.kubectl('patch', 'lease', 'todo-deploy-pair', '--type=merge', '--patch', '{"spec":{"holderIdentity":null}}');
  });

  test('without the right to read Secrets: who serves is still known, and what is not is said', async () => {
    app.kubectl('create', 'role', 'half', '--verb=get,list', '--resource=services,pods,deployments.apps,endpointslices.discovery.k8s.io');
    app.kubectl('create', 'serviceaccount', 'half');
    app.kubectl('create', 'rolebinding', 'half', '--role=half', '--serviceaccount=status-test:half');
    const { result, report } = await status({ 'service-account': 'status-test/half' });
    expect([result.exitCode, report.state, report.active]).toEqual([0, 'serving', 'green']);
    expect(report.unseen).toEqual(
      expect.arrayContaining(['Secret objects: this account may not read them', 'Lease objects: this account may not read them']),
    );
    expect(report.drift).toEqual([]);
  });

  test('an app that is not there', async () => {
    const { result } = await status({ release: 'other' });
    expect([result.exitCode, result.outputs.state, result.outputs.healthy]).toEqual([0, 'not-deployed', 'false']);
  });
});

describe('at DigitalOcean', () => {
  let standIn: DigitalOceanStandIn;
  beforeAll(async () => {
    standIn = await DigitalOceanStandIn.start();
    const { clusters } = JSON.parse(app.kubectl('config', 'view', '--raw', '--minify', '--output=json'));
    // The watcher's own token, as DigitalOcean hands out one of its own.
    const token = app.kubectl('create', 'token', 'watcher', '--duration=1h').trim();
    standIn.world.kubeconfigs[CLUSTER_ID] = stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters,
      users: [{ name: 'watcher', user: { token } }],
      contexts: [{ name: 'do', context: { cluster: clusters[0].name, user: 'watcher' } }],
      'current-context': 'do',
    });
  });
  afterAll(() => standIn.stop());
  const inputs = { cluster: 'acme-production', 'digitalocean-token': 'dop_v1_canary', 'service-account': '' };
  const env = () => ({ DIGITALOCEAN_API_URL: standIn.url, KUBECONFIG: undefined });

  test('the cluster is found by name, and what it costs is estimated', async () => {
    const { result, report } = await status(inputs, env());
    expect([result.exitCode, report.state]).toEqual([0, 'serving']);
    expect(report).toMatchObject({ cost: { cluster: 'acme-production', monthlyUsd: 84 } });
    expect(result.summary).toContain('### Cost of acme-production: about 84.00 USD a month');
    expect(result.summary).toMatch(/Without a price in DigitalOcean's API: load balancer .*control plane/);
    expect(result.log.filter((line) => line.includes('dop_v1_canary') && !line.startsWith('::add-mask::'))).toEqual([]);
    expect(standIn.problems).toEqual([]);
  });

  test('a token that may not ask for prices costs the estimate, not the status', async () => {
    standIn.fail(/sizes/, 403);
    const { result, report } = await status(inputs, env());
    expect([result.exitCode, report.state, 'cost' in report]).toEqual([0, 'serving', false]);
    expect(result.log.filter((line) => line.startsWith('::notice'))).toEqual([expect.stringContaining('The cost was not estimated: ')]);
  });
});
