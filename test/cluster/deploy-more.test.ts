import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { type ClusterEnvironment, clusterEnvironment, ROOT } from '../../demo/environment.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { shippedRole } from '../support/shipped-role.ts';
import { errorsOf, expectGreen, PairApp } from './deploy-support.ts';

jest.setTimeout(180_000);

const runner = new NodeProcessRunner({ env: process.env });
let cluster: ClusterEnvironment;
let app: PairApp;

beforeAll(async () => {
  cluster = clusterEnvironment();
  app = await PairApp.create('deploy-more-test', cluster, ['v1', 'v2'], runner);
});
afterAll(() => {
  app.kubectl('delete', 'namespace', app.namespace, '--wait=false');
});

describe('hooks', () => {
  const HOSTS = "console.log(require('node:fs').readFileSync('/etc/hosts', 'utf8'))";
  const FAILS = "console.error('looking'); console.error('no such table: todos'); process.exit(3)";
  const hook = (script: string, more: object = {}) => ({ enabled: true, script, ...more });
  const hostsLine = (color: string) => new RegExp(`^${app.get('service', `hooks-web-${color}`).spec.clusterIP}\\thooks-web\\t`, 'm');

  test('one that fails before the first install', async () => {
    const result = await app.deploySmall('hooks', 'v1', { migrate: hook(FAILS) });
    expect(result.outputs).toMatchObject({ status: 'failed', 'failure-reason': 'hook-failed', version: '' });
    expect(errorsOf(result)[0]).toMatch(
      /of the base failed: pod hooks-migrate-\w+, container "migrate", ended with exit code 3: no such table: todos/,
    );
  });

  test('before the first install, a hook is led to the color that comes up', async () => {
    expectGreen(await app.deploySmall('hooks', 'v1', { migrate: hook(HOSTS) }));
    expect(app.kubectl('logs', 'job/hooks-migrate')).toMatch(hostsLine('blue'));
  });

  test('before an upgrade, to the other one', async () => {
    expectGreen(await app.deploySmall('hooks', 'v2', { migrate: hook(HOSTS) }));
    expect(app.kubectl('logs', 'job/hooks-migrate')).toMatch(hostsLine('green'));
  });

  test('one that fails says why, then goes where its chart wants it gone', async () => {
    const values = { migrate: hook(FAILS, { policy: 'hook-succeeded,hook-failed' }) };
    const result = await app.deploySmall('hooks', 'v1', values, { 'allow-older': 'true' });
    expect(result.outputs).toMatchObject({ status: 'rolled-back', 'failure-reason': 'hook-failed', version: 'v2' });
    expect(errorsOf(result)).toHaveLength(1);
    expect(errorsOf(result)[0]).toMatch(
      /The hook Job\/hooks-migrate of the base failed: pod hooks-migrate-\w+, container "migrate", ended with exit code 3: no such table: todos/,
    );
    // The evidence, below it: the lines before the last one.
    expect(errorsOf(result)[0]).toContain('%0A  looking%0A  no such table: todos');
    expect(result.summary).toContain('looking\nno such table: todos');
    expect(app.kubectl('get', 'jobs', '--output=name')).not.toContain('hooks-migrate');
  });

  test.each(['before-hook-creation,hook-succeeded', 'hook-succeeded,hook-failed'])('helm test that fails says why (%s)', async (policy) => {
    const result = await app.deploySmall('hooks', 'v1', { test: hook(FAILS, { policy }) }, { 'allow-older': 'true' });
    expect(result.outputs).toMatchObject({ status: 'rolled-back', 'failure-reason': 'smoke-failed', version: 'v2', 'switch-ms': '' });
    expect(errorsOf(result)).toHaveLength(1);
    expect(errorsOf(result)[0]).toMatch(
      /helm test failed before the switch: pod hooks-test-blue-\w+, container "test", ended with exit code 3: no such table: todos/,
    );
    expect(errorsOf(result)[0]).toContain('%0A  looking%0A  no such table: todos');
    expect(result.summary).toContain('looking\nno such table: todos');
    expect(app.kubectl('get', 'jobs', '--output=name').includes('hooks-test-blue')).toBe(!policy.includes('hook-failed'));
  });
});

const replicasOf = (release: string): Record<string, number> =>
  Object.fromEntries(
    app
      .get('deployments', '--selector', `todo-deploy.dev/app=${release}`)
      .items.map((one: { metadata: { name: string }; spec: { replicas: number } }) => [one.metadata.name, one.spec.replicas]),
  );
const OLDER = { 'allow-older': 'true' };

describe('an app as such', () => {
  test('checks by node port: of the pods before the switch, through the nodes after it', async () => {
    const smoke = '- {service: ports-web, node-port: true, path: /}';
    const result = expectGreen(await app.deploySmall('ports', 'v1', { service: { spec: { type: 'NodePort' } } }, { smoke }));
    for (const target of ['pod ports-web-blue-', 'node node1', 'node node2']) expect(result.summary).toContain(target);
  });

  test('an app of workers only: the journal says which color is active', async () => {
    const values = { service: { enabled: false } };
    expectGreen(await app.deploySmall('crew', 'v1', values));
    expect([app.journal('crew').active, replicasOf('crew')]).toEqual(['blue', { 'crew-web-blue': 1 }]);
    expectGreen(await app.deploySmall('crew', 'v2', values));
    expect([app.journal('crew').active, replicasOf('crew')]).toEqual(['green', { 'crew-web-blue': 0, 'crew-web-green': 1 }]);
    expect(expectGreen(await app.deploySmall('crew', 'v2', values)).outputs).toMatchObject({
      status: 'unchanged',
      'active-color': 'green',
    });
    // A worker that gets a Service is none any more: the note of its color's last version is gone.
    expectGreen(await app.deploySmall('crew', 'v1', { replicas: 2 }, OLDER));
    expect(replicasOf('crew')).toEqual({ 'crew-web-blue': 2, 'crew-web-green': 0 });
    expect(app.get('deployment', 'crew-web-blue').metadata.annotations).not.toHaveProperty(['todo-deploy.dev/active-replicas']);
  });

  test('keep-old: warm, remove, and a color that comes up anew', async () => {
    expectGreen(await app.deploySmall('keep', 'v1'));
    expectGreen(await app.deploySmall('keep', 'v2', {}, { 'keep-old': 'warm' }));
    expect(replicasOf('keep')).toEqual({ 'keep-web-blue': 1, 'keep-web-green': 1 });
    expectGreen(await app.deploySmall('keep', 'v1', { env: { AGAIN: '1' } }, { ...OLDER, 'keep-old': 'remove' }));
    expect(replicasOf('keep')).toEqual({ 'keep-web-blue': 1 });
    // Its records stay, for a rollback; nothing else of it does.
    const records = app.get('secrets', '--selector', 'owner=helm,name=keep-green').items as { metadata: { labels: { status: string } } }[];
    expect(records.length).toBeGreaterThan(0);
    expect(new Set(records.map(({ metadata }) => metadata.labels.status))).toEqual(new Set(['uninstalled']));
    expectGreen(await app.deploySmall('keep', 'v2', {}, OLDER));
    expect(replicasOf('keep')).toEqual({ 'keep-web-blue': 0, 'keep-web-green': 1 });
  });
});

describe('autoscalers', () => {
  const hpa = (color: string) => app.get('horizontalpodautoscaler', `auto-web-${color}`);

  test('an HPA does not shrink a color that may be switched to, or back to; then it has its own minimum again', async () => {
    const values = { autoscaling: { enabled: true } };
    expectGreen(await app.deploySmall('auto', 'v1', values));
    app.kubectl('scale', 'deployment', 'auto-web-blue', '--replicas=3');
    app.kubectl('rollout', 'status', 'deployment/auto-web-blue', '--timeout=60s');
    const seen: unknown[] = [];
    const onLine = (line: string) => {
      if (line.includes('Watch v2')) seen.push(replicasOf('auto'), hpa('blue').spec.minReplicas, hpa('green').spec.minReplicas);
    };
    expectGreen(await app.deploySmall('auto', 'v2', values, { bake: '6s' }, { onLine }));
    expect(seen).toEqual([{ 'auto-web-blue': 3, 'auto-web-green': 3 }, 3, 3]);
    expect([hpa('green').spec.minReplicas, hpa('green').metadata.annotations?.['todo-deploy.dev/min-replicas']]).toEqual([1, undefined]);
  });

  test("KEDA's objects of workers stand still until the switch, and again when their color is idle", async () => {
    const kinds = ['scaledobjects.keda.sh', 'scaledjobs.keda.sh'];
    const definitions = parseAllDocuments(readFileSync(join(ROOT, 'test/charts/zoo-crds.yaml'), 'utf8')).map((one) => one.toJS());
    for (const kind of kinds) app.apply(definitions.find((one) => one?.metadata.name === kind));
    app.kubectl('wait', '--for=condition=Established', '--timeout=30s', ...kinds.map((kind) => `crd/${kind}`));
    const uninstall = () => app.kubectl('delete', 'crd', ...kinds, '--ignore-not-found');
    const paused = (color: string) =>
      app
        .get('scaledobjects,scaledjobs', '--selector', `todo-deploy.dev/color=${color}`)
        .items.filter((one: { metadata: { annotations?: object } }) =>
          JSON.stringify(one.metadata.annotations ?? {}).includes('keda.sh/paused'),
        )
        .map((one: { metadata: { name: string } }) => one.metadata.name)
        .sort();
    const deploy = async (version: string, coming: string) => {
      let waiting: unknown;
      const onLine = (line: string) => {
        if (line.includes(`Wait until ${coming}`)) waiting ??= paused(coming);
      };
      expectGreen(await app.deploySmall('scale', version, { keda: { enabled: true } }, OLDER, { onLine }));
      expect(waiting).toEqual([`scale-batch-${coming}`, `scale-queue-${coming}`]);
      return [paused('blue'), paused('green')];
    };
    const all = (color: string) => ['batch', 'queue', 'web'].map((name) => `scale-${name}-${color}`);
    try {
      expect(await deploy('v1', 'blue')).toEqual([[], []]);
      expect(await deploy('v2', 'green')).toEqual([all('blue'), []]);
      expect(await deploy('v1', 'blue')).toEqual([[], all('green')]);
      // Uninstalled while a run goes on, which has seen it: no failure.
      let uninstalled = '';
      const onLine = (line: string) => {
        if (line.includes('Wait until green')) uninstalled += uninstall();
      };
      const result = expectGreen(await app.deploySmall('scale', 'v2', {}, OLDER, { onLine }));
      for (const kind of kinds) expect(uninstalled).toContain(`"${kind}" deleted`);
      expect(result.log.filter((line) => line.includes('the cleanup did not finish'))).toEqual([]);
    } finally {
      uninstall();
    }
  });
});

describe('refused before anything is touched', () => {
  const untouched = (release: string) => {
    const names = app.kubectl('get', 'deployments,services,secrets', '--output=name').split('\n');
    expect(names.filter((name) => name.includes(release))).toEqual([]);
  };

  test('a quota that cannot hold the second color', async () => {
    expectGreen(await app.deploySmall('tight', 'v1'));
    app.kubectl('create', 'quota', 'tight', '--hard=pods=1');
    try {
      app.kubectl('wait', '--for=jsonpath={.status.used.pods}', 'quota/tight', '--timeout=30s');
      const result = await app.deploySmall('tight', 'v2');
      expect(result.outputs).toMatchObject({ status: 'failed', 'failure-reason': 'quota-exceeded', version: 'v1', 'active-color': 'blue' });
      expect(errorsOf(result)[0]).toMatch(/The quota tight cannot hold a second color: pods: 1 allowed, \d+ used, 1 more needed/);
      expect(replicasOf('tight')).toEqual({ 'tight-web-blue': 1 });
    } finally {
      app.kubectl('delete', 'quota', 'tight');
    }
  });

  test('a pod larger than any node', async () => {
    const result = await app.deploySmall('huge', 'v1', { resources: { requests: { cpu: '10m', memory: '900Gi' } } });
    expect(result.outputs).toMatchObject({ status: 'failed', 'failure-reason': 'unschedulable' });
    expect(errorsOf(result)[0]).toMatch(/A pod of Deployment\/huge-web-blue asks for 900Gi of memory, and the largest node has [\d.]+Gi/);
    untouched('huge');
  });

  test('pods that find no room beside those that run: a warning with the numbers', async () => {
    const cpu = `${Math.round(Number(app.get('node', 'node1').status.allocatable.cpu) * 600)}m`;
    const values = { replicas: 4, resources: { requests: { cpu, memory: '16Mi' } } };
    const result = expectGreen(await app.deploySmall('wide', 'v1', values, { 'dry-run': 'true' }));
    expect(result.log.join('\n')).toMatch(
      /::warning::The nodes may not hold both versions: \d of 4 pods of Deployment\/wide-web-blue .* lacks \d+m of cpu/,
    );
  });

  test('a claim of one node that is not of the chart', async () => {
    app.apply({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'uploads', namespace: app.namespace },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
    });
    const plan = expectGreen(await app.deploySmall('claim', 'v1', { claim: 'uploads' }, { 'dry-run': 'true' }));
    expect(plan.summary).toMatch(/Deployment\/claim-web.*mounts the claim uploads, which only one node may use at a time/);
    const result = await app.deploySmall('claim', 'v1', { claim: 'uploads' }, { strategy: 'blue-green' });
    expect(result.outputs).toMatchObject({ status: 'failed', 'failure-reason': 'configuration' });
    expect(errorsOf(result)[0]).toContain('mounts the claim uploads, which only one node may use at a time');
    untouched('claim');
  });

  test("a namespace whose pods get a mesh's sidecar", async () => {
    app.kubectl('label', 'namespace', app.namespace, 'istio-injection=enabled');
    try {
      const result = await app.deploySmall('mesh', 'v1');
      expect(result.outputs).toMatchObject({ status: 'failed', 'failure-reason': 'configuration' });
      expect(errorsOf(result)[0]).toContain(`Namespace/${app.namespace}: every pod in it gets a service mesh's sidecar`);
      untouched('mesh');
      expectGreen(await app.deploySmall('mesh', 'v1', {}, { stack: 'active', 'dry-run': 'true' }));
    } finally {
      app.kubectl('label', 'namespace', app.namespace, 'istio-injection-');
    }
  });

  test('what the account may not read is said, and is no failure', async () => {
    const rules = [
      { apiGroups: [''], resources: ['services', 'configmaps'], verbs: ['get', 'create', 'patch', 'delete'] },
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'create', 'patch', 'delete'] },
    ];
    app.kubectl('create', 'serviceaccount', 'deployer');
    app.apply(shippedRole('least'));
    app.apply({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'chart', namespace: app.namespace }, rules });
    for (const role of ['todo-deploy', 'chart']) {
      app.kubectl('create', 'rolebinding', role, `--role=${role}`, `--serviceaccount=${app.namespace}:deployer`);
    }
    const result = expectGreen(await app.deploySmall('least', 'v1', {}, { 'service-account': `${app.namespace}/deployer` }));
    expect(result.summary).toMatch(/Not checked, since the account may not read it: .*labels.*; .*nodes/);
  });
});

describe('nodes that answer for themselves alone', () => {
  const on = (node: string) => ({ node, service: { spec: { type: 'NodePort', externalTrafficPolicy: 'Local' } } });

  test('one that would have no pod of the new version keeps the old one serving', async () => {
    expectGreen(await app.deploySmall('local', 'v1', on('node1')));
    const result = await app.deploySmall('local', 'v2', on('node2'));
    expect(result.outputs).toMatchObject({ status: 'rolled-back', 'failure-reason': 'switch-failed', version: 'v1', 'switch-ms': '' });
    expect(errorsOf(result)[0]).toContain(
      'Service/local-web has externalTrafficPolicy: Local, and node1 would have no pod of the new version',
    );
    expectGreen(await app.deploySmall('local', 'v2', on('node1')));
  });
});
