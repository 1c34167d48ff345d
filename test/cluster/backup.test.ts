import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { execa, execaSync } from 'execa';
import { HOST_IP } from '../../cluster/config.ts';
import { type ClusterEnvironment, clusterEnvironment, ROOT } from '../../demo/environment.ts';
import { freshNamespace, PULL_SECRET } from '../../demo/namespace.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { type ActionResult, errorsOf, runAction } from '../support/action.ts';
import { type KeyPair, makeKey } from '../support/backup.ts';
import { leaks } from '../support/canary.ts';
import { kubectl } from '../support/kubectl.ts';
import { ensureBackupPrograms } from '../support/postgres/programs.ts';
import { type S3, SECRET_KEY, startS3 } from '../support/s3.ts';
import { shippedRole } from '../support/shipped-role.ts';

jest.setTimeout(600_000);

const NAMESPACE = 'backup';
const PASSWORD = 'canary-of-the-database-password';
const SEED = readFileSync(new URL('../support/postgres/seed.sql', import.meta.url), 'utf8');

let cluster: ClusterEnvironment;
let s3: S3;
let folder: string;
let keys: [KeyPair, KeyPair];
let image: string;

const k = (...args: string[]): string => kubectl(cluster, ['--namespace', NAMESPACE, ...args]);
const psql = (sql: string, database = 'todo'): string =>
  kubectl(
    cluster,
    [
      '--namespace',
      NAMESPACE,
      'exec',
      '-i',
      'database-0',
      '--',
      'psql',
      '-XqAt',
      '-v',
      'ON_ERROR_STOP=1',
      '-U',
      'postgres',
      '-d',
      database,
    ],
    sql,
  ).trim();

/** A database that policies shut off from everybody but the app, and the app's own word for where it is. */
const OBJECTS = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'database' }, stringData: { password: PASSWORD } },
    ...[1, 2].map((version) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: `sh.helm.release.v1.todo.v${version}`,
        labels: { owner: 'helm', name: 'todo', status: version === 2 ? 'deployed' : 'superseded', version: String(version) },
      },
      stringData: { release: `record ${version}` },
    })),
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'todo-deploy-todo-journal' }, stringData: { 'journal.json': '{}' } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'database' },
      spec: { selector: { app: 'database' }, ports: [{ port: 5432 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'database' },
      spec: {
        serviceName: 'database',
        selector: { matchLabels: { app: 'database' } },
        template: {
          metadata: { labels: { app: 'database' } },
          spec: {
            terminationGracePeriodSeconds: 5,
            securityContext: { runAsNonRoot: true, runAsUser: 999, fsGroup: 999, seccompProfile: { type: 'RuntimeDefault' } },
            containers: [
              {
                name: 'postgres',
                image: 'postgres:17',
                env: [
                  { name: 'POSTGRES_PASSWORD', valueFrom: { secretKeyRef: { name: 'database', key: 'password' } } },
                  { name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' },
                ],
                securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
                readinessProbe: { exec: { command: ['pg_isready', '-q', '-h', '127.0.0.1', '-U', 'postgres'] }, periodSeconds: 1 },
                volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql/data' }],
              },
            ],
            volumes: [{ name: 'data', emptyDir: {} }],
          },
        },
      },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'database' },
      spec: {
        podSelector: { matchLabels: { app: 'database' } },
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'api' } } }] }],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'api', annotations: { 'meta.helm.sh/release-name': 'todo' } },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'api' } },
        template: {
          metadata: { labels: { app: 'api' } },
          spec: {
            containers: [
              {
                name: 'api',
                image: 'busybox',
                env: [
                  { name: 'DATABASE_HOST', value: 'database' },
                  { name: 'DATABASE_PORT', value: '5432' },
                  { name: 'DATABASE_NAME', value: 'todo' },
                  { name: 'DATABASE_USER', value: 'postgres' },
                  { name: 'DATABASE_PASSWORD', valueFrom: { secretKeyRef: { name: 'database', key: 'password' } } },
                ],
              },
            ],
          },
        },
      },
    },
  ],
};

beforeAll(async () => {
  cluster = clusterEnvironment();
  ensureBackupPrograms();
  s3 = await startS3({ host: HOST_IP });
  folder = mkdtempSync(join(tmpdir(), 'todo-deploy-keys-'));
  keys = [makeKey(folder, 'a'), makeKey(folder, 'b')];
  const runner = new NodeProcessRunner({ env: process.env });
  await freshNamespace(NAMESPACE, cluster, runner);
  kubectl(cluster, ['--namespace', NAMESPACE, 'apply', '--filename=-'], JSON.stringify(OBJECTS));
  // Nodes keep what they have pulled under a tag.
  image = `${cluster.registry.host}/${NAMESPACE}/backup:${Date.now().toString(36)}`;
  const build = ['docker', 'buildx', 'build', '--push', '--provenance=false', '--file', join(ROOT, 'images/backup/Dockerfile')] as const;
  await runner.run({ command: [...build, '--tag', image, ROOT], env: cluster.env, timeoutMs: 400_000 });
  k('rollout', 'status', 'statefulset/database', '--timeout=120s');
  psql(SEED, 'postgres');
  // What follows is done with the shipped Roles and nothing else, but for the drill.
  for (const action of ['backup', 'restore']) {
    kubectl(cluster, ['--namespace', NAMESPACE, 'apply', '--filename=-'], JSON.stringify(shippedRole('todo', action)));
    k('create', 'serviceaccount', action);
    k('create', 'rolebinding', action, `--role=todo-deploy-${action}`, `--serviceaccount=${NAMESPACE}:${action}`);
  }
});
afterAll(async () => {
  k('delete', 'namespace', NAMESPACE, '--wait=false');
  await s3?.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (action: 'backup' | 'restore', inputs: Record<string, string>): Promise<ActionResult> =>
  runAction({
    action: `actions/${action}`,
    inputs: {
      release: 'todo',
      namespace: NAMESPACE,
      destination: `s3://${s3.location.bucket}/all`,
      endpoint: s3.location.endpoint,
      'access-key-id': s3.location.accessKeyId,
      'secret-access-key': SECRET_KEY,
      image,
      'image-pull-secrets': PULL_SECRET,
      'service-account': `${NAMESPACE}/${action}`,
      'scratch-size': '1Gi',
      timeout: '5m',
      ...inputs,
    },
    env: { ...cluster.env, GITHUB_ACTIONS: 'true' },
  });
async function until(what: string, isSo: () => boolean): Promise<void> {
  const limit = Date.now() + 120_000;
  while (!isSo()) {
    if (Date.now() > limit) throw new Error(`waited 120 s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
const left = (): string => k('get', 'jobs,secrets,networkpolicies,cronjobs', '--output=name', '--selector=todo-deploy.dev/job');
const said = (result: ActionResult): string => JSON.stringify([errorsOf(result), result.log.slice(-30)], null, 1);

/** What else of an app goes with its database: folders and files below `recovery`. */
function recoveryIn(backup: string): string[] {
  const at = join(s3.folder, 'all', NAMESPACE, 'todo', backup);
  const list = `cat ${at}/part-*.age | age -d -i ${keys[1].identityFile} | tar -t | grep recovery/.*/ | sort`;
  return execaSync('sh', ['-c', list])
    .stdout.split('\n')
    .map((line) => line.replace(/^\.\/recovery\/|\/$/g, ''));
}
const RECORDS = [
  'sh.helm.release.v1.todo.v2',
  'sh.helm.release.v1.todo.v2/release',
  'todo-deploy-todo-journal',
  'todo-deploy-todo-journal/journal.json',
];

let id = '';

test('a backup by a Job that policies let through, of the database that the app names', async () => {
  const result = await run('backup', { recipients: keys.map(({ recipient }) => recipient).join('\n') });
  expect([result.exitCode, said(result)]).toEqual([0, expect.anything()]);
  expect(result.outputs).toMatchObject({ sequence: '1', backup: expect.stringMatching(/^000001-/) });
  id = result.outputs.backup ?? '';
  expect(result.summary).toContain('9117 rows');
  expect(leaks(result, { PASSWORD, SECRET_KEY })).toEqual([]);
  expect(recoveryIn(id)).toEqual(RECORDS);
});

test('a drill finds everything as it was', async () => {
  // It makes a namespace, which the shipped Role does not let it.
  const result = await run('restore', { identity: keys[0].secret, 'start-app': 'false', 'service-account': '' });
  expect([result.exitCode, said(result)]).toEqual([0, expect.anything()]);
  expect(result.outputs).toMatchObject({ backup: id, equal: 'true', database: 'todo' });
  expect(leaks(result, { SECRET_KEY, KEY: keys[0].secret })).toEqual([]);
});

test('the server that was dumped is refused, unless the target is typed in full', async () => {
  const refused = await run('restore', { mode: 'into', identity: keys[1].secret });
  expect(refused.exitCode).toBe(1);
  expect(errorsOf(refused)[0]).toContain('database:5432 is the server that was dumped');
  expect(psql('SELECT count(*) FROM pg_database')).toBe('4');
  psql('DELETE FROM public.todo WHERE id <= 1000');
  const into = await run('restore', { mode: 'into', identity: keys[1].secret, confirm: 'database:5432/todo_restored_1' });
  expect([into.exitCode, said(into)]).toEqual([0, expect.anything()]);
  expect(into.outputs).toMatchObject({ backup: id, equal: 'true', database: 'todo_restored_1' });
  expect(psql('SELECT count(*) FROM public.todo')).toBe('7000');
});

test('it takes the place of the app’s database, and gives it back', async () => {
  expect((await run('restore', { mode: 'cut-over', from: id })).exitCode).toBe(0);
  expect(psql('SELECT count(*) FROM public.todo')).toBe('8000');
  expect((await run('restore', { mode: 'undo', from: id })).exitCode).toBe(0);
  expect(psql('SELECT count(*) FROM public.todo')).toBe('7000');
});

test('an image that does not come is said, and nothing is left of any run', async () => {
  const result = await run('backup', { recipients: keys.map(({ recipient }) => recipient).join('\n'), image: `${image}-gone` });
  expect(result.exitCode).toBe(1);
  expect(errorsOf(result)[0]).toContain('does not start: container backup, image');
  const limit = Date.now() + 60_000;
  while (left() !== '' && Date.now() < limit) await new Promise((resolve) => setTimeout(resolve, 500));
  expect(left()).toBe('');
});

test('a pod that is lost makes its run red, and no backup; the next run leaves nothing of it', async () => {
  const recipients = keys.map(({ recipient }) => recipient).join('\n');
  const folders = () => readdirSync(join(s3.folder, 'all', NAMESPACE, 'todo')).sort();
  const there = folders();
  // Whoever holds a table makes the Job wait, so that its pod is there to be lost.
  const holding = 'BEGIN; LOCK TABLE audit.log IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(300)';
  const holder = execa(
    'kubectl',
    ['--namespace', NAMESPACE, 'exec', 'database-0', '--', 'psql', '-U', 'postgres', '-d', 'todo', '-c', holding],
    { env: cluster.env, reject: false },
  );
  const letGo = () =>
    psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(300)%' AND pid <> pg_backend_pid()");
  try {
    await until('somebody to hold the table', () => psql("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'") !== '0');
    const running = run('backup', { recipients });
    await until('the run to have stored something', () => folders().length > there.length);
    const pod = k('get', 'pods', '--output=name', '--selector=todo-deploy.dev/job', '--field-selector=status.phase=Running').trim();
    k('delete', pod, '--grace-period=0', '--force');
    const result = await running;
    expect([result.exitCode, result.outputs.backup ?? '']).toEqual([1, '']);
  } finally {
    letGo();
    await holder;
  }
  const [lost = ''] = folders().filter((name) => !there.includes(name));
  expect(readdirSync(join(s3.folder, 'all', NAMESPACE, 'todo', lost))).not.toContain('manifest.json');
  const next = await run('backup', { recipients });
  expect([next.exitCode, said(next)]).toEqual([0, expect.anything()]);
  expect(folders()).toEqual([...there, next.outputs.backup]);
});

test('a schedule is a CronJob in the cluster', async () => {
  const result = await run('backup', { recipients: keys.map(({ recipient }) => recipient).join('\n'), schedule: '17 3 * * *' });
  expect([result.exitCode, said(result)]).toEqual([0, expect.anything()]);
  k('create', 'job', 'by-hand', '--from=cronjob/todo-deploy-todo-backups');
  k('wait', '--for=condition=complete', 'job/by-hand', '--timeout=180s');
  const newest =
    readdirSync(join(s3.folder, 'all', NAMESPACE, 'todo'))
      .sort()
      .at(-1) ?? '';
  expect(newest > id).toBe(true);
  expect(recoveryIn(newest)).toEqual(RECORDS);
});

test('a dry run reads what is stored, takes nothing, and needs no database', async () => {
  const stored = () => readdirSync(s3.folder, { recursive: true }).length;
  const before = stored();
  const result = await run('backup', { recipients: keys.map(({ recipient }) => recipient).join('\n'), 'dry-run': 'true' });
  expect([result.exitCode, said(result)]).toEqual([0, expect.anything()]);
  expect(result.summary).toContain('Nothing would be removed: only 1 of the 3 that are to stay have been restored by a drill');
  expect([stored(), result.outputs.backup ?? '']).toEqual([before, '']);
});
