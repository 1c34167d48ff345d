import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ClusterEnvironment, clusterEnvironment, ROOT } from '../../demo/environment.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import type { ActionResult, Child } from '../support/action.ts';
import { errorsOf, expectGreen, expectKilled, PairApp } from './deploy-support.ts';

jest.setTimeout(240_000);

const runner = new NodeProcessRunner({ env: process.env });
const NODES = ['node1', 'node2'];
let cluster: ClusterEnvironment;
let app: PairApp;
let work: string;
/** When a version that crashed under traffic was the one that served, as its deploy's report says: its own requests are lost. */
const crash = { from: '', to: '' };
/** What a request meets where pods crash: no answer of any kind, and never one of the app's. */
const CRASHED = /ECONNREFUSED|ECONNRESET|socket hang up/;

beforeAll(async () => {
  cluster = clusterEnvironment();
  app = await PairApp.create('deploy-test', cluster, ['v1', 'v2', 'v3'], runner);
  work = mkdtempSync(join(tmpdir(), 'todo-deploy-deploy-'));
});
afterAll(() => {
  app.kubectl('delete', 'namespace', app.namespace, '--wait=false');
  rmSync(work, { recursive: true, force: true });
});

/** Deploys, and sends our process a signal `delayMs` after a line that holds `text`. */
async function interrupted(text: string, signal: NodeJS.Signals, delayMs: number, version: string, inputs: Record<string, string>) {
  let child: Child | undefined;
  let sent = false;
  return app.deploy(version, inputs, {
    onStart: (started) => {
      child = started;
    },
    onLine: (line) => {
      if (sent || !line.includes(text)) return;
      sent = true;
      setTimeout(() => child?.kill(signal), delayMs);
    },
  });
}

/** Start and end of a step of a run, from its report. */
function stepOf(result: ActionResult, name: string): { from: string; to: string } {
  const { steps } = JSON.parse(readFileSync(result.outputs['report-file'] ?? '', 'utf8')) as {
    steps: { name: string; startedAt: string; durationMs: number }[];
  };
  const step = steps.find((one) => one.name.replace(' ', '-') === name);
  if (!step) throw new Error(`The report has no step "${name}": ${steps.map((one) => one.name).join(', ')}`);
  return { from: step.startedAt, to: new Date(Date.parse(step.startedAt) + step.durationMs).toISOString() };
}

const holder = () => app.get('lease', 'todo-deploy-pair').spec.holderIdentity;
const podsOf = (color: string) => app.get('pods', '--selector', `todo-deploy.dev/color=${color},todo-deploy.dev/app=pair`).items;

describe('a deploy on a real cluster', () => {
  test('a dry run before the first deploy touches nothing', async () => {
    const before = app.kubectl('get', 'all,secrets,configmaps,leases', '--output=name');
    const result = expectGreen(await app.deploy('v1', { 'dry-run': 'true' }));
    expect(result.outputs).toMatchObject({ status: 'planned', 'active-color': '', 'rolled-back': 'false' });
    expect(result.summary).toContain('the first deploy of this app');
    expect(app.kubectl('get', 'all,secrets,configmaps,leases', '--output=name')).toBe(before);
  });

  test('a first deploy that never gets ready: red, its pods stay as evidence, no Service leads to them', async () => {
    const values = app.values('v1', { backend: { replicas: 2, env: { NEVER_READY: '1' } } });
    const result = await app.deploy('v1', { values, timeout: '20s' });
    expect(result.outputs).toMatchObject({ status: 'failed', 'failure-reason': 'not-ready', 'rolled-back': 'false', 'active-color': '' });
    expect(errorsOf(result)).toHaveLength(1);
    expect(errorsOf(result)[0]).toContain(
      'Container "backend" of Deployment/pair-backend-blue was not ready within 20 s (readiness probe GET :8080/ready answered 503)',
    );
    expect(app.colors()).toEqual([undefined, undefined]);
    expect(podsOf('blue').length).toBeGreaterThan(0);
    expect(app.journal().inFlight).toBeUndefined();
  });

  test('the first deploy: both Services select blue, Helm owns them, the product alone owns the selector', async () => {
    const result = expectGreen(await app.deploy('v1'));
    expect(result.outputs).toMatchObject({
      status: 'deployed',
      'active-color': 'blue',
      version: 'v1',
      'previous-version': '',
      'rolled-back': 'false',
    });
    expect(Number(result.outputs['switch-ms'])).toBeGreaterThan(0);
    expect(app.colors()).toEqual(['blue', 'blue']);
    const managers = JSON.parse(app.kubectl('get', 'service', 'pair-frontend', '--output=json', '--show-managed-fields')).metadata
      .managedFields;
    const owners = managers.filter((one: { fieldsV1: object }) => JSON.stringify(one.fieldsV1).includes('f:selector'));
    expect(owners.map((one: { manager: string; operation: string }) => `${one.manager} ${one.operation}`)).toEqual(['todo-deploy Apply']);
    expect(managers.some((one: { manager: string }) => one.manager === 'helm')).toBe(true);
    for (const node of NODES) app.startLoad(node, 25, 900);
  });

  test('the same again is unchanged, in one revision of everything', async () => {
    const before = app.kubectl('get', 'secrets', '--output=name');
    expect(expectGreen(await app.deploy('v1')).outputs).toMatchObject({ status: 'unchanged', 'active-color': 'blue', version: 'v1' });
    expect(app.kubectl('get', 'secrets', '--output=name')).toBe(before);
  });

  test('the second version: switched to green, blue is at zero, its workers too', async () => {
    const result = expectGreen(await app.deploy('v2'));
    expect(result.outputs).toMatchObject({
      status: 'deployed',
      'active-color': 'green',
      'previous-color': 'blue',
      version: 'v2',
      'previous-version': 'v1',
    });
    expect(app.colors()).toEqual(['green', 'green']);
    const replicas = app
      .get('deployments')
      .items.map((one: { metadata: { name: string }; spec: { replicas: number } }) => [one.metadata.name, one.spec.replicas]);
    expect(Object.fromEntries(replicas)).toEqual({
      'pair-backend-blue': 0,
      'pair-frontend-blue': 0,
      'pair-worker-blue': 0,
      'pair-backend-green': 2,
      'pair-frontend-green': 2,
      'pair-worker-green': 1,
    });
    const suspended = app
      .get('cronjobs')
      .items.map((one: { metadata: { name: string }; spec: { suspend: boolean } }) => [one.metadata.name, one.spec.suspend]);
    expect(Object.fromEntries(suspended)).toEqual({ 'pair-cleanup-blue': true, 'pair-cleanup-green': false });
  });

  test('a version that was replaced is superseded: green, nothing touched', async () => {
    expect(expectGreen(await app.deploy('v1')).outputs).toMatchObject({ status: 'superseded', version: 'v2', 'active-color': 'green' });
  });

  test('a later helm upgrade and rollback of the base do not move the selector', async () => {
    const helm = (...args: string[]) =>
      runner.run({ command: ['helm', '--namespace', app.namespace, ...args], env: cluster.env, timeoutMs: 60_000 });
    await helm('rollback', 'pair', '1', '--no-hooks', '--server-side=true', '--force-conflicts');
    expect(app.colors()).toEqual(['green', 'green']);
  });

  test('an image that does not exist: named at once, the old version serves, the base is back', async () => {
    // A limit that this test would not live to see.
    const result = await app.deploy('none', { images: '', values: app.values('none'), timeout: '1h' });
    expect(result.outputs).toMatchObject({
      status: 'rolled-back',
      'failure-reason': 'image-not-found',
      'rolled-back': 'true',
      version: 'v2',
      'active-color': 'green',
    });
    expect(errorsOf(result)).toHaveLength(1);
    expect(errorsOf(result)[0]).toContain(`The image ${app.image}:none does not exist in the registry`);
    expect(result.summary.split('\n')[0]).toBe('## pair: none failed, v2 serves');
    expect(app.colors()).toEqual(['green', 'green']);
    expect(app.get('service', 'pair-frontend').metadata.labels['app.kubernetes.io/version']).not.toBe('none');
  });

  test('a crash loop: exit code and last log lines', async () => {
    const values = app.values('v3', { backend: { replicas: 2, env: { CRASH_AFTER_MS: '300' } } });
    const result = await app.deploy('v3', { values });
    expect(result.outputs).toMatchObject({ status: 'rolled-back', 'failure-reason': 'crash-loop', 'rolled-back': 'true', version: 'v2' });
    expect(errorsOf(result)[0]).toMatch(
      /Container "backend" of Deployment\/pair-backend-blue crashes right after it starts: \d+ times \(exit code 1\)/,
    );
    expect(result.summary).toContain('fatal: set to crash after 300 ms');
  });

  test('a check that fails before the switch: users never saw it', async () => {
    const values = app.values('v3', { frontend: { replicas: 2, env: { FAIL_PATHS: '/' } } });
    const result = await app.deploy('v3', { values });
    expect(result.outputs).toMatchObject({ status: 'rolled-back', 'failure-reason': 'smoke-failed', 'switch-ms': '' });
    expect(errorsOf(result)[0]).toContain('failed before the switch: status: expected 200–399, got 500');
  });

  test('a version that crashes under traffic: switched back before the old color goes', async () => {
    const values = app.values('v3', { frontend: { replicas: 2, env: { CRASH_AFTER_MS: '22000' } } });
    const result = await app.deploy('v3', { values, bake: '40s' });
    crash.from = stepOf(result, 'switch').from;
    crash.to = stepOf(result, 'switch-back').to;
    expect(result.outputs).toMatchObject({ status: 'rolled-back', 'failure-reason': 'bake-failed', 'rolled-back': 'true', version: 'v2' });
    expect(Number(result.outputs['switch-ms'])).toBeGreaterThan(0);
    expect(result.summary).toMatch(/users were switched back in \d+ ms/);
    expect(app.colors()).toEqual(['green', 'green']);
  });

  test('cancelled under traffic: back, lease given up, nothing left running', async () => {
    const result = await interrupted('Watch v3', 'SIGINT', 500, 'v3', { bake: '60s' });
    expect(result.exitCode).toBe(1);
    expect(errorsOf(result)[0]).toContain('cancelled');
    expect(result.outputs).toMatchObject({ status: 'rolled-back', 'failure-reason': 'cancelled', version: 'v2' });
    expect([app.colors(), holder(), app.journal().inFlight]).toEqual([['green', 'green'], undefined, undefined]);
  });

  test('killed under traffic: the post step switches back and gives the lease up', async () => {
    const result = await interrupted('Watch v3', 'SIGKILL', 500, 'v3', { bake: '60s' });
    expectKilled(result);
    expect(app.colors()).toEqual(['blue', 'blue']);
    const post = await app.deploy('v3', {}, { step: 'post', state: result.state, tempDir: result.tempDir });
    expect(post.exitCode).toBe(0);
    expect(post.log.join('\n')).toContain('Switched back to green');
    expect([app.colors(), holder(), app.journal().inFlight]).toEqual([['green', 'green'], undefined, undefined]);
  });

  test('killed while it came up, and no post step: the next run waits for the lease, takes it back and deploys', async () => {
    expectKilled(await interrupted('Wait until blue', 'SIGKILL', 500, 'v3', {}));
    expect(app.journal().inFlight).toMatchObject({ version: 'v3', phase: 'ready' });
    const result = expectGreen(await app.deploy('v3'));
    expect(result.log.join('\n')).toContain('Reverted the deploy of v3 that ended in "ready"');
    expect(result.outputs).toMatchObject({ status: 'deployed', 'active-color': 'blue', version: 'v3', 'previous-version': 'v2' });
  });

  test('two deploys at once: one after the other, both whole', async () => {
    const [one, other] = await Promise.all([app.deploy('v1', { 'allow-older': 'true' }), app.deploy('v2', { 'allow-older': 'true' })]);
    expect([expectGreen(one).outputs.status, expectGreen(other).outputs.status]).toEqual(['deployed', 'deployed']);
    expect([...one.log, ...other.log].filter((line) => line.includes('Another deploy of "pair" is running')).length).toBeGreaterThan(0);
    const [last] = app.journal().history;
    expect(app.colors()).toEqual([last.color, last.color]);
  });

  test('changed ports move with the switch; what is removed goes last', async () => {
    const chart = join(work, 'chart');
    cpSync(join(ROOT, 'test/charts/pair'), chart, { recursive: true });
    const file = join(chart, 'templates/web.yaml');
    const ports = '- {name: http, port: {{ eq $role "backend" | ternary 8080 80 }}, targetPort: http}';
    expect(readFileSync(file, 'utf8')).toContain(ports);
    // One that changes, under the old version's feet: its frontend calls 8080. And one that is new.
    const changed = `${ports.replace('8080', '8081')}\n    - {name: admin, port: 9090, targetPort: 8080}`;
    writeFileSync(file, readFileSync(file, 'utf8').replace(ports, changed));
    const before = app.get('configmap', 'pair-config').metadata.uid;
    writeFileSync(
      join(chart, 'templates/config.yaml'),
      readFileSync(join(chart, 'templates/config.yaml'), 'utf8').replace('name: pair-config', 'name: pair-settings'),
    );
    for (const name of ['_helpers.tpl', 'worker.yaml']) {
      const path = join(chart, 'templates', name);
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll('name: pair-config', 'name: pair-settings'));
    }
    const values = app.values('v3', { frontend: { replicas: 2, env: { BACKEND_URL: 'http://pair-backend:8081' } } });
    const result = expectGreen(await app.deploy('v3', { chart, values, 'allow-older': 'true' }, { cwd: work }));
    expect(result.log.join('\n')).toContain('When the old version is gone: removal of ConfigMap/pair-config');
    expect(before).toBeDefined();
    expect(app.kubectl('get', 'configmap', 'pair-config', '--ignore-not-found')).toBe('');
    const portsOf = (name: string) => app.get('service', name).spec.ports.map((port: { port: number }) => port.port);
    expect([portsOf('pair-frontend'), portsOf('pair-backend')]).toEqual([
      [80, 9090],
      [8081, 9090],
    ]);
  });

  test('through all of this no request was lost, and none was answered by two versions', () => {
    for (const node of NODES) {
      const load = app.stopLoad(node);
      const byCrash = (line: string) => line > crash.from && line < crash.to && CRASHED.test(line);
      expect({ lost: load.lost.filter((line) => !byCrash(line)), mixed: load.mixed }).toEqual({ lost: [], mixed: [] });
      expect(load.sent).toBeGreaterThan(1_000);
      expect(Object.keys(load.versions).sort()).toEqual(['v1', 'v2', 'v3']);
    }
  });
});
