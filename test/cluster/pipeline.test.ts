import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execaSync } from 'execa';
import { type ClusterEnvironment, clusterEnvironment } from '../../demo/environment.ts';
import { freshNamespace, PULL_SECRET } from '../../demo/namespace.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { type ActionResult, runAction } from '../support/action.ts';
import { watchArguments } from '../support/argv.ts';
import { leaks } from '../support/canary.ts';
import { kubectl } from '../support/kubectl.ts';
import { CraneRegistry } from '../support/registry.ts';
import { webChart, writeFiles } from './web-chart.ts';

const release = `pipeline-${Date.now().toString(36)}`;
let cluster: ClusterEnvironment;
let workspace: string;
let registry: string;

const write = (files: Readonly<Record<string, string>>): void => writeFiles(workspace, files);

beforeAll(async () => {
  cluster = clusterEnvironment();
  workspace = mkdtempSync(join(tmpdir(), 'todo-deploy-pipeline-'));
  registry = `${cluster.registry.host}/${release}`;
  await freshNamespace(release, cluster, new NodeProcessRunner());
  write({
    'web/Dockerfile':
      'FROM busybox:1.37\nARG STATUS\nRUN mkdir /www && echo "{\\"status\\":\\"$STATUS\\"}" > /www/health\nCMD ["httpd", "-f", "-p", "8080", "-h", "/www"]\n',
    'bad/Dockerfile': 'FROM busybox:1.37\nCOPY node_modules /app/node_modules\n',
    'bad/node_modules/left-pad/package.json': '{"name":"left-pad","version":"1.0.0","license":"MIT"}',
    'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'chart/templates/all.yaml': webChart(`${registry}/web`)
      .map((object) => JSON.stringify(object))
      .join('\n---\n'),
  });
});
afterAll(() => {
  kubectl(cluster, ['delete', 'namespace', release, '--wait=false']);
  rmSync(workspace, { recursive: true, force: true });
});

async function pipeline(inputs: Record<string, string>, more: Record<string, string> = {}): Promise<ActionResult> {
  const env = { ...cluster.env, GITHUB_ACTIONS: 'true', GITHUB_REF: 'refs/heads/main', ...more };
  const all = {
    images: 'web: ./web',
    registry,
    builder: cluster.buildkit.address,
    chart: './chart',
    release,
    'image-pull-secrets': PULL_SECRET,
    smoke: '- {service: web, path: /health, json: {status: healthy}}',
    bake: '1s',
    drain: '1s',
    timeout: '2m',
    cache: 'off',
    ...inputs,
  };
  const result = await runAction({ action: '.', inputs: all, env, cwd: workspace });
  const post = await runAction({
    action: '.',
    step: 'post',
    inputs: all,
    env,
    cwd: workspace,
    state: result.state,
    tempDir: result.tempDir,
  });
  expect(post.exitCode).toBe(0);
  return { ...result, log: [...result.log, ...post.log], summary: result.summary + post.summary };
}

const errors = (result: ActionResult): string[] => result.log.filter((line) => line.startsWith('::error'));
const serving = (): string => kubectl(cluster, ['get', 'service', 'web', '--namespace', release, '--output=jsonpath={.spec.selector}']);

describe('the root action', () => {
  test('builds, scans, pushes and deploys', async () => {
    const result = await pipeline({ version: '1.0.0', 'build-args': 'STATUS=healthy' });
    expect(errors(result)).toEqual([]);
    expect(result.outputs).toMatchObject({ status: 'deployed', version: '1.0.0', pushed: 'true', 'rolled-back': 'false' });
    const pushed = await new CraneRegistry(cluster).digest(`${registry}/web:1.0.0`);
    const running = kubectl(cluster, ['get', 'pods', '-n', release, '-o=jsonpath={.items[*].spec.containers[*].image}']);
    expect(running).toBe(`${registry}/web@${pushed}`);
  });

  test('stops at the scan: cluster and registry stay as they are', async () => {
    const crane = new CraneRegistry(cluster);
    const before = [serving(), await crane.snapshot(registry)];
    const result = await pipeline({ version: '1.1.0', images: 'web: ./bad' });
    expect(errors(result)[0]).toContain(
      'Stopped before the push: CVE-2026-90002 (HIGH) in web (linux/amd64): left-pad 1.0.0, fixed in 1.3.0',
    );
    expect([result.exitCode, result.outputs.status]).toEqual([1, undefined]);
    expect([serving(), await crane.snapshot(registry)]).toEqual(before);
  });

  test('a dry run pushes and deploys nothing', async () => {
    const crane = new CraneRegistry(cluster);
    const before = [serving(), await crane.snapshot(registry)];
    const result = await pipeline({ version: '1.2.0', 'build-args': 'STATUS=healthy', 'dry-run': 'true' });
    expect([errors(result), result.outputs.status, result.outputs.pushed]).toEqual([[], 'planned', 'false']);
    expect([serving(), await crane.snapshot(registry)]).toEqual(before);
  });

  test('a version that fails its check never serves', async () => {
    const before = serving();
    const result = await pipeline({ version: '2.0.0', 'build-args': 'STATUS=sick' });
    expect(errors(result)).toHaveLength(1);
    expect(errors(result)[0]).toContain('json status: expected "healthy", got "sick"');
    expect(result.outputs).toMatchObject({ 'rolled-back': 'true', 'failure-reason': 'smoke-failed', version: '1.0.0' });
    expect([result.exitCode, serving()]).toEqual([1, before]);
  });
});

describe('secrets', () => {
  let values: Record<string, string>;
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'todo-deploy-home-'));
    const view = ['config', 'view', '--raw', '--flatten', '--output=jsonpath={.users[0].user.client-key-data}'];
    const key = kubectl(cluster, view);
    values = {
      'registry password': cluster.registry.password,
      'database password': `canary-database-${crypto.randomUUID()}`,
      'build secret': `canary-build-${crypto.randomUUID()}`,
      'DigitalOcean token': `dop_v1_${crypto.randomUUID().replaceAll('-', '')}`,
      'GitHub token': `ghs_${crypto.randomUUID().replaceAll('-', '')}`,
      'kubeconfig key': key,
      // A key is of many lines: any one of them gives away enough.
      'line of the kubeconfig key': Buffer.from(key, 'base64').toString().split('\n')[2] ?? '',
    };
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  test.each([
    ['a version that deploys', 'healthy', 'deployed'],
    ['a version that fails', 'broken', 'rolled-back'],
  ])('are in no log, argument, file, summary, report or value of Helm: %s', async (version, status, outcome) => {
    const view = ['config', 'view', '--raw', '--flatten', '--minify'];
    const kubeconfig = Buffer.from(kubectl(cluster, view)).toString('base64');
    const watch = watchArguments(values);
    const result = await pipeline(
      {
        version: `2.0.0-${status}`,
        'build-args': `STATUS=${status}`,
        kubeconfig,
        username: cluster.registry.username,
        password: values['registry password'] ?? '',
        secrets: `web-database/password=${values['database password']}`,
        'build-secrets': `token=${values['build secret']}`,
        'digitalocean-token': values['DigitalOcean token'] ?? '',
        'github-token': values['GitHub token'] ?? '',
      },
      { HOME: home, RUNNER_DEBUG: '1', GITHUB_REPOSITORY: 'local/local' },
    );
    const inArguments = watch.stop();
    expect([result.outputs.status, version]).toEqual([outcome, version]);
    // Programs of the run were seen at all.
    expect(['buildx build', 'helm'].filter((words) => !watch.saw(words))).toEqual([]);
    // The lines that tell the runner what to hide: one a secret at least, but those that are part of another.
    const masks = result.log.filter((line) => line.startsWith('::add-mask::'));
    expect(masks.length).toBeGreaterThan(Object.keys(values).length - 2);
    // Below RUNNER_TEMP, so its text is among the files that are searched.
    expect(result.outputs['report-file']?.startsWith(result.tempDir)).toBe(true);
    const helm = (...args: string[]) => execaSync('helm', [...args, '--namespace', release], { env: cluster.env }).stdout;
    const releases = JSON.parse(helm('list', '--output=json')) as { name: string }[];
    expect(releases.length).toBeGreaterThan(1);
    const kept = releases.flatMap(({ name }) => [helm('get', 'values', name, '--all'), helm('get', 'manifest', name)]).join('\n');
    expect({
      arguments: inArguments,
      leaks: [...leaks(result, values), ...leaks({ ...result, tempDir: home }, values)],
      helm: Object.keys(values).filter((name) => kept.includes(values[name] ?? '')),
    }).toEqual({ arguments: [], leaks: [], helm: [] });
  });
});
