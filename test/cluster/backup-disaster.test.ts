import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type ClusterEnvironment, clusterEnvironment } from '../../demo/environment.ts';
import { freshNamespace } from '../../demo/namespace.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { type ActionCall, type ActionResult, type Child, errorsOf, runAction } from '../support/action.ts';
import { leaks } from '../support/canary.ts';
import { kubectl } from '../support/kubectl.ts';
import { SECRET_KEY } from '../support/s3.ts';
import { expectGreen, type PairApp } from './deploy-support.ts';
import { PASSWORD, RELEASE, RegisterApp, SECRETS, TOKEN } from './register-app.ts';

jest.setTimeout(900_000);

const NAMESPACE = 'disaster';

let cluster: ClusterEnvironment;
let register: RegisterApp;
let app: PairApp;
let keys: RegisterApp['keys'];
const runner = new NodeProcessRunner({ env: process.env });

beforeAll(async () => {
  cluster = clusterEnvironment();
  register = await RegisterApp.create(NAMESPACE, cluster, runner);
  ({ app, keys } = register);
});
afterAll(() => register?.close());

const deploy = (version: string): Promise<ActionResult> => register.deploy(version);
const rows = (): string => register.rows();
const run = (action: 'backup' | 'restore', inputs: Record<string, string>, call: Partial<ActionCall> = {}): Promise<ActionResult> =>
  runAction({
    ...call,
    action: `actions/${action}`,
    inputs: { ...register.inputs, ...register.access, ...inputs },
    env: { ...cluster.env, GITHUB_ACTIONS: 'true' },
  });
/** Whatever a run and its post step wrote or left of what nobody may read. */
async function leaked(main: ActionResult, canaries: Record<string, string>): Promise<string[]> {
  const { state, tempDir } = main;
  const post = await runAction({ action: 'actions/restore', step: 'post', inputs: {}, env: { GITHUB_ACTIONS: 'true' }, state, tempDir });
  expect(post.exitCode).toBe(0);
  return [...leaks(main, canaries), ...leaks(post, canaries)];
}
const drills = (): string => kubectl(cluster, ['get', 'namespaces', '--output=name', `--selector=todo-deploy.dev/drill=${RELEASE}`]).trim();
const reportOf = (result: ActionResult) => JSON.parse(readFileSync(result.outputs['report-file'] ?? '', 'utf8'));

let id = '';

test('an app with data is backed up, with what it is', async () => {
  expectGreen(await deploy('v1'));
  register.fill();
  expectGreen(await deploy('v2'));
  const result = await run('backup', { recipients: register.recipients });
  expectGreen(result);
  id = result.outputs.backup ?? '';
});

test('a drill starts it on the data, where nothing else is reached, and leaves nothing', async () => {
  const missing = await run('restore', { identity: keys[0].secret });
  expect(missing.exitCode).toBe(1);
  expect(errorsOf(missing)[0]).toContain('needs Secrets that are no part of its record: register-token');
  expect(missing.outputs).toMatchObject({ equal: 'true', app: 'failed' });
  const result = await run('restore', { identity: keys[0].secret, secrets: SECRETS });
  expectGreen(result);
  expect(result.outputs).toMatchObject({ backup: id, equal: 'true', app: 'passed', database: 'registerdb' });
  expect(result.log.join('\n')).toContain('CronJob/register-clock-green: left out');
  expect(result.summary).toContain('v2 came up on it by its own digests');
  expect(reportOf(result)).toMatchObject({ app: { version: 'v2', passed: true }, equal: true });
  expect(await leaked(result, { PASSWORD, TOKEN, SECRET_KEY, KEY: keys[0].secret })).toEqual([]);
  expect(drills()).toBe('');
  expect(app.journal(RELEASE).history[0].version).toBe('v2');
});

test('what a killed drill left goes with the next one', async () => {
  let child: Child | undefined;
  const killed = await run(
    'restore',
    { identity: keys[0].secret, secrets: SECRETS },
    {
      onStart: (started) => {
        child = started;
      },
      onLine: (line) => {
        if (/Job .* runs$/.test(line)) child?.kill('SIGKILL');
      },
    },
  );
  expect(killed.signal).toBe('SIGKILL');
  const left = drills();
  expect(left).toMatch(/^namespace\/todo-deploy-drill-register-[0-9a-f]{8}$/);
  // Its time is over: what decides is its own mark, not its age.
  kubectl(cluster, ['annotate', '--overwrite', left, 'todo-deploy.dev/drill-ends-at=2026-01-01T00:00:00.000Z']);
  const result = await run('restore', { identity: keys[0].secret, 'start-app': 'false' });
  expectGreen(result);
  expect(result.outputs).toMatchObject({ equal: 'true', app: 'not-started' });
  expect(drills()).toBe('');
});

test('a disaster is refused where the app lives', async () => {
  const result = await run('restore', { mode: 'disaster', identity: keys[1].secret, secrets: SECRETS });
  expect(result.exitCode).not.toBe(0);
  expect(errorsOf(result)[0]).toContain('"register" is in namespace disaster (its journal');
  expect(rows()).toBe('500|note 99');
});

test('from an empty namespace to the app that passes its checks, in one run; then a deploy and a rollback', async () => {
  await freshNamespace(NAMESPACE, cluster, runner);
  const started = Date.now();
  const result = await run('restore', { mode: 'disaster', identity: keys[1].secret, secrets: SECRETS });
  expectGreen(result);
  console.info(`From an empty namespace to the app: ${Math.round((Date.now() - started) / 1000)} s\n${result.summary}`);
  expect(result.outputs).toMatchObject({ backup: id, equal: 'true', app: 'passed', database: 'registerdb' });
  expect(await leaked(result, { PASSWORD, TOKEN, SECRET_KEY, KEY: keys[1].secret })).toEqual([]);
  expect(rows()).toBe('500|note 99');
  expect(app.journal(RELEASE)).toMatchObject({ active: 'green', restored: { backup: id } });
  expect(app.journal(RELEASE).inFlight).toBeUndefined();
  expect(app.get('deployment', 'register-green').status.readyReplicas).toBe(2);

  const back = await app.rollback('previous', { release: RELEASE, timeout: '180s' });
  expect(expectGreen(back).outputs).toMatchObject({ status: 'deployed', version: 'v1' });
  expectGreen(await deploy('v3'));
  expect(rows()).toBe('500|note 99');
});
