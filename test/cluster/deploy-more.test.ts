import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ClusterEnvironment, clusterEnvironment } from '../../demo/environment.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
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
