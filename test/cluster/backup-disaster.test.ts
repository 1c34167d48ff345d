import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { HOST_IP } from '../../cluster/config.ts';
import { type ClusterEnvironment, clusterEnvironment, ROOT } from '../../demo/environment.ts';
import { freshNamespace, PULL_SECRET } from '../../demo/namespace.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { type ActionCall, type ActionResult, type Child, errorsOf, runAction } from '../support/action.ts';
import { type KeyPair, makeKey } from '../support/backup.ts';
import { leaks } from '../support/canary.ts';
import { kubectl } from '../support/kubectl.ts';
import { ensureBackupPrograms } from '../support/postgres/programs.ts';
import { type S3, SECRET_KEY, startS3 } from '../support/s3.ts';
import { expectGreen, PairApp } from './deploy-support.ts';

jest.setTimeout(900_000);

const NAMESPACE = 'disaster';
const RELEASE = 'register';
const PASSWORD = 'canary-of-the-database-password';
const TOKEN = 'canary-of-a-secret-from-outside';
const SECRETS = `register-token/token=${TOKEN}`;

let cluster: ClusterEnvironment;
let app: PairApp;
let s3: S3;
let folder: string;
let keys: [KeyPair, KeyPair];
let image: string;
const runner = new NodeProcessRunner({ env: process.env });

const psql = (sql: string, database = 'registerdb'): string => {
  const how = ['psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-U', 'register', '-d', database, '-c', sql];
  return app.kubectl('exec', 'register-database-0', '--', ...how).trim();
};

beforeAll(async () => {
  cluster = clusterEnvironment();
  ensureBackupPrograms();
  s3 = await startS3({ host: HOST_IP });
  folder = mkdtempSync(join(tmpdir(), 'todo-deploy-keys-'));
  keys = [makeKey(folder, 'a'), makeKey(folder, 'b')];
  app = await PairApp.create(NAMESPACE, cluster, [], runner);
  image = `${cluster.registry.host}/${NAMESPACE}/backup:${Date.now().toString(36)}`;
  const build = ['docker', 'buildx', 'build', '--push', '--provenance=false', '--file', join(ROOT, 'images/backup/Dockerfile')] as const;
  await runner.run({ command: [...build, '--tag', image, ROOT], env: cluster.env, timeoutMs: 400_000 });
});
afterAll(async () => {
  app?.kubectl('delete', 'namespace', NAMESPACE, '--wait=false');
  await s3?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** From the second version on its test asks for the data. */
const deploy = async (version: string): Promise<ActionResult> =>
  app.deploy(version, {
    chart: 'test/charts/register',
    release: RELEASE,
    images: '',
    smoke: '',
    secrets: SECRETS,
    values: JSON.stringify({ password: PASSWORD, ...(version !== 'v1' && { test: 'select 1 / count(*) from notes' }) }),
    timeout: '180s',
  });

const run = (action: 'backup' | 'restore', inputs: Record<string, string>, call: Partial<ActionCall> = {}): Promise<ActionResult> =>
  runAction({
    ...call,
    action: `actions/${action}`,
    inputs: {
      release: RELEASE,
      namespace: NAMESPACE,
      destination: `s3://${s3.location.bucket}/all`,
      endpoint: s3.location.endpoint,
      'access-key-id': s3.location.accessKeyId,
      'secret-access-key': SECRET_KEY,
      image,
      'image-pull-secrets': PULL_SECRET,
      'scratch-size': '1Gi',
      timeout: '5m',
      ...inputs,
    },
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
const rows = (): string => psql('select count(*), max(text) from notes');

let id = '';

test('an app with data is backed up, with what it is', async () => {
  expectGreen(await deploy('v1'));
  psql(
    "create table notes (id serial primary key, text text); insert into notes (text) select 'note ' || n from generate_series(1, 500) n",
  );
  expectGreen(await deploy('v2'));
  const result = await run('backup', { recipients: keys.map(({ recipient }) => recipient).join('\n') });
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
