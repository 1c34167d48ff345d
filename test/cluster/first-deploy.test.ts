import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { clusterEnvironment, ROOT } from '../../demo/environment.ts';
import { freshNamespace } from '../../demo/namespace.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { type ActionResult, runAction } from '../support/action.ts';
import { kubectl } from '../support/kubectl.ts';
import { errorsOf, expectGreen } from './deploy-support.ts';

jest.setTimeout(180_000);

const NAMESPACE = 'first-deploy-test';
const runner = new NodeProcessRunner({ env: process.env });
const cluster = clusterEnvironment();
const ask = (...args: string[]): string => kubectl(cluster, ['--namespace', NAMESPACE, ...args]);

beforeAll(() => freshNamespace(NAMESPACE, cluster, runner, 'baseline'));
afterAll(() => void ask('delete', 'namespace', NAMESPACE, '--wait=false'));

const deploy = (version: string, values: object = {}): Promise<ActionResult> =>
  runAction({
    action: 'actions/deploy',
    cwd: ROOT,
    inputs: {
      chart: 'test/charts/first',
      release: 'first',
      namespace: NAMESPACE,
      version,
      values: JSON.stringify({ answer: version, ...values }),
      timeout: '60s',
      bake: '1s',
      drain: '0s',
    },
    env: { ...cluster.env, GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/first', GITHUB_RUN_ID: '7' },
  });

test('as with Helm: pods wait for a post hook by its name, a Job calls the Service, a hook has its own variables', async () => {
  const { log } = expectGreen(await deploy('v1'));
  expect(log.join('\n')).toMatch(
    /Job\/first-schema started before the pods were ready: init container "wait" of Deployment\/first-blue runs on/,
  );
  expect(ask('get', 'job', 'first-schema', '--output=jsonpath={.status.succeeded}')).toBe('1');
  expect(ask('logs', 'job/first-admin')).toContain('made by v1');
  expect(ask('logs', 'job/first-check')).toContain('port 8080');
});

test('of several tests the one that failed is named, with its log; the Job of the new version has met the old one', async () => {
  const result = await deploy('v2', { fails: 'two' });
  expect(result.outputs).toMatchObject({ status: 'rolled-back', 'failure-reason': 'smoke-failed', version: 'v1' });
  expect(errorsOf(result)[0]).toContain('pod first-test-two-green, container "test", ended with exit code 3: two was refused');
  expect(result.log.join('\n')).toContain('until the switch it finds v1 (blue) behind the Services');
});
