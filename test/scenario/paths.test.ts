import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ActionResult, errorsOf, runAction } from '../support/action.ts';
import { todoDeploy } from '../support/command-line.ts';

const CANARY = 'canary-of-the-runner';
/** `work` is a pull request's checkout, `home` the runner's. */
let top: string;
const at = (path: string): string => join(top, path);
beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), 'todo-deploy-paths-'));
  for (const folder of ['home', 'work/app', 'work/chart/templates', 'work/far/templates', 'work/good'])
    mkdirSync(at(folder), { recursive: true });
  for (const chart of ['chart', 'far', 'good'])
    writeFileSync(at(`work/${chart}/Chart.yaml`), 'apiVersion: v2\nname: todo\nversion: 1.0.0\n');
  writeFileSync(at('home/kubeconfig'), `users: [{name: a, user: {token: ${CANARY}}}]\n`);
  writeFileSync(at('work/app/Dockerfile'), 'FROM scratch\n');
  for (const [from, to] of [
    ['work/chart/environ', '/proc/self/environ'],
    ['work/far/templates/kubeconfig', at('home/kubeconfig')],
    ['work/values.yaml', at('home/kubeconfig')],
    ['work/Dockerfile', at('home/kubeconfig')],
    ['work/home', at('home')],
    ['work/ignore', at('home/kubeconfig')],
  ] as const)
    symlinkSync(to, at(from));
});
afterAll(() => rmSync(top, { recursive: true }));

const run = (action: string, inputs: Record<string, string>): Promise<ActionResult> =>
  runAction({
    action,
    inputs,
    env: {
      GITHUB_ACTIONS: 'true',
      PATH: '',
      SECRET_OF_THE_JOB: CANARY,
      HOME: at('home'),
      DOCKER_CONFIG: at('home'),
      KUBECONFIG: at('home/none'),
    },
    cwd: at('work'),
  });
const deploy = (inputs: Record<string, string>) => run('actions/deploy', { chart: './far', 'dry-run': 'true', ...inputs });
const build = (inputs: Record<string, string>) =>
  run('actions/build-push', { images: 'app: ./app', registry: 'localhost/acme', ...inputs });

describe('what a checkout leads to outside of it is not read', () => {
  test.each([
    ['a chart’s file', () => deploy({ chart: './chart' }), 'Input "chart" names ./chart, whose environ is a symbolic link to /proc/'],
    ['a template', () => deploy({}), 'Input "chart" names ./far, whose templates/kubeconfig is a symbolic link to '],
    [
      'a value file',
      () => deploy({ chart: './good', 'value-files': 'values.yaml' }),
      'Input "value-files" names values.yaml, which leads to',
    ],
    [
      'a Dockerfile',
      () => build({ images: 'app: {context: ./app, file: ./Dockerfile}' }),
      'the Dockerfile of image "app" is Dockerfile, which leads to',
    ],
    [
      'a build context',
      () => build({ images: 'app: {context: ./home, file: ./app/Dockerfile}' }),
      'the context of image "app" is ./home, which leads to',
    ],
    ['an ignore file', () => build({ trivyignores: 'ignore' }), 'Input "trivyignores" names ignore, which leads to'],
    ['a folder above', () => build({ images: 'app: {context: ../home, file: ./app/Dockerfile}' }), 'outside of the workspace'],
  ])('%s', async (_what, body, message) => {
    const result = await body();
    expect(errorsOf(result)).toHaveLength(1);
    expect(errorsOf(result)[0]).toContain(message);
    expect(result.exitCode).toBe(1);
    expect([...result.log, result.summary].join('\n')).not.toContain(CANARY);
  });

  test('on the command line what the user names is read, but no chart’s link out of its repository', async () => {
    const result = await todoDeploy(['deploy', '--chart', at('work/far'), '--dry-run'], { cwd: top, env: { PATH: '', HOME: at('home') } });
    expect(result.stdout + result.stderr).toContain('--chart names');
    expect(result.stdout + result.stderr).toContain('whose templates/kubeconfig is a symbolic link to ');
    expect(result.exitCode).toBe(2);
  });
});

test('a secret that is not set is an error, and never the runner’s own identity', async () => {
  const [given, left] = await Promise.all([
    run('actions/status', { release: 'todo', kubeconfig: '' }),
    run('actions/status', { release: 'todo', kubeconfig: 'runner' }),
  ]);
  expect(errorsOf(given)[0]).toContain('Input "kubeconfig" is given, but empty');
  expect(errorsOf(left)[0]).toContain('No cluster is configured');
});

test.each([true, false])(
  'insecure-skip-tls-verify: %s in a kubeconfig is warned of where it is set',
  async (insecure) => {
    const cluster = { server: 'https://127.0.0.1:9', 'insecure-skip-tls-verify': insecure };
    const kubeconfig = JSON.stringify({
      'current-context': 'a',
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
      clusters: [{ name: 'a', cluster }],
      users: [{ name: 'a', user: { token: CANARY } }],
    });
    const { log } = await run('actions/status', { release: 'todo', kubeconfig: Buffer.from(kubeconfig).toString('base64') });
    const warned = log.filter((line) => line.startsWith('::warning::The kubeconfig says insecure-skip-tls-verify'));
    expect(warned).toHaveLength(insecure ? 1 : 0);
    expect(log.filter((line) => !line.startsWith('::add-mask::')).join('\n')).not.toContain(CANARY);
  },
  120_000,
);
