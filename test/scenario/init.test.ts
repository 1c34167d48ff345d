import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensurePrograms } from '../../cluster/programs/build.ts';
import { ROOT } from '../../demo/environment.ts';
import { todoDeploy } from '../support/command-line.ts';

let top: string;
let programs: Awaited<ReturnType<typeof ensurePrograms>>;
beforeAll(async () => {
  top = mkdtempSync(join(tmpdir(), 'todo-deploy-init-'));
  programs = await ensurePrograms(['actionlint', 'helm4'], { onProgress: () => undefined, alone: true });
  mkdirSync(join(top, 'bin'));
  symlinkSync(programs.get('helm') ?? '', join(top, 'bin/helm'));
}, 1_200_000);
afterAll(() => rmSync(top, { recursive: true, force: true }));

/** A checkout of these files. Returns its folder. */
function repository(name: string, files: Readonly<Record<string, string>>, remote = 'https://github.com/acme/shop.git'): string {
  const root = join(top, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  execFileSync('git', ['-C', root, 'init', '--quiet', '--initial-branch=main']);
  if (remote !== '') execFileSync('git', ['-C', root, 'remote', 'add', 'origin', remote]);
  return root;
}

/** Git's hash of everything that is there. */
function treeOf(root: string): string {
  execFileSync('git', ['-C', root, 'add', '--all']);
  return execFileSync('git', ['-C', root, 'write-tree'], { encoding: 'utf8' });
}

/** With our actions beside the workflows, so that actionlint knows their inputs. */
function actionlint(root: string): string {
  const copy = mkdtempSync(join(top, 'lint-'));
  mkdirSync(join(copy, '.git'));
  for (const path of ['actions', 'action.yml', 'main.js', 'post.js']) cpSync(join(ROOT, path), join(copy, path), { recursive: true });
  const workflows = join(copy, '.github/workflows');
  mkdirSync(workflows, { recursive: true });
  for (const name of readdirSync(join(root, '.github/workflows'))) {
    const text = readFileSync(join(root, '.github/workflows', name), 'utf8');
    expect(text).toContain('org/todo-deploy/actions/');
    writeFileSync(join(workflows, name), text.replaceAll(/org\/todo-deploy\/(\S+)@v1/g, './$1'));
  }
  const { stdout, stderr } = spawnSync(programs.get('actionlint') ?? '', ['-no-color', '-shellcheck=', '-pyflakes='], {
    cwd: copy,
    encoding: 'utf8',
  });
  return stdout + stderr;
}

const helm = (root: string, ...args: string[]) => spawnSync(join(top, 'bin/helm'), args, { cwd: root, encoding: 'utf8' });

const NODE = 'FROM node:24\nUSER node\nEXPOSE 3000\n';
const SHAPES: Readonly<Record<string, { files: Readonly<Record<string, string>>; args?: string[]; chart: string }>> = {
  'one Dockerfile': { files: { Dockerfile: NODE }, chart: 'chart' },
  'a compose file, flags for everything': {
    files: {
      'docker-compose.yml':
        'services:\n  web-app: {build: web, ports: ["80:80"], environment: {A_TOKEN: "", "N": "1: x"}}\n  api: {build: api}\n  job: {build: api, command: "./run --now"}\n',
      'web/Dockerfile': 'FROM nginx:1.29\n',
      'api/Dockerfile': 'FROM golang\nENV PORT=8080\n',
    },
    args: [
      '--host',
      'shop.example.com',
      '--cluster-issuer',
      'letsencrypt',
      '--ingress-class',
      'traefik',
      '--registry',
      'registry.example.com/acme',
      '--namespace',
      'team',
    ],
    chart: 'chart',
  },
  'DigitalOcean, names that YAML would misread': {
    files: { 'no/Dockerfile': NODE, 'yes/Dockerfile': NODE },
    args: ['--registry', 'registry.digitalocean.com/acme', '--cluster', 'on', '--release', 'true', '--branch', '1.0'],
    chart: 'chart',
  },
  'a chart of its own': {
    files: {
      Dockerfile: NODE,
      'charts/shop/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
      'charts/shop/values.yaml': 'image: {repository: nginx, tag: ""}\n',
      'charts/shop/templates/a.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {image: {{ .Values.image.repository | quote }}}\n',
    },
    chart: 'charts/shop',
  },
};

describe.each(Object.entries(SHAPES))('%s', (name, { files, args = [], chart }) => {
  let root: string;
  beforeAll(() => {
    root = repository(name.replaceAll(/\W+/g, '-'), files);
  });

  test('a dry run prints, and writes nothing', async () => {
    const { exitCode, stdout, left } = await todoDeploy(['init', '--dry-run', ...args], { cwd: root });
    expect([exitCode, left]).toEqual([0, []]);
    expect(stdout).toContain('.github/workflows/deploy.yml: would be written');
    expect(stdout).toContain('name: Deploy');
    expect(existsSync(join(root, '.github'))).toBe(false);
  });

  test('what is written passes actionlint and helm lint, and renders', async () => {
    const { exitCode, stdout, stderr } = await todoDeploy(['init', ...args], { cwd: join(root, dirname(Object.keys(files)[0] ?? '')) });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Next\n {2}1\. Create the namespace/m);
    expect(actionlint(root)).toBe('');
    expect(helm(root, 'lint', '--strict', chart)).toMatchObject({ status: 0 });
    const rendered = helm(root, 'template', 'shop', chart);
    expect(rendered).toMatchObject({ status: 0, stderr: '' });
    expect(rendered.stdout).not.toContain('null');
  });

  test('a second run changes nothing', async () => {
    const before = treeOf(root);
    const { exitCode, stdout } = await todoDeploy(['init', ...args, '--json'], { cwd: root });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ command: 'init', ok: true, outputs: { written: '' } });
    expect(treeOf(root)).toBe(before);
  });
});

test('what is there is kept, and what it would have been is shown', async () => {
  const root = repository('kept', { Dockerfile: NODE, '.github/workflows/deploy.yml': 'name: mine\n' });
  const { exitCode, stdout } = await todoDeploy(['init'], { cwd: root });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('.github/workflows/deploy.yml: is there already, and is kept as it is');
  expect(stdout).toContain('.github/workflows/deploy.yml is there already. It would have been:\n    # Every push to main');
  expect(readFileSync(join(root, '.github/workflows/deploy.yml'), 'utf8')).toBe('name: mine\n');
  expect(existsSync(join(root, 'chart/Chart.yaml'))).toBe(true);
});

test.each<[string, string[], string]>([
  ['--images', ['--images', 'Web: .'], '"Web" is not an image name'],
  ['--host', ['--host', 'not a host'], '--host is "not a host"'],
  ['--port', ['--port', '99999'], '--port is "99999": not a port'],
  ['--registry', ['--registry', 'acme'], '--registry is "acme"'],
  ['--chart', ['--chart', 'web'], '--chart names web, which has files, but no Chart.yaml'],
])('wrong flags are refused before anything is written: %s', async (_, args, message) => {
  const root = repository(`wrong-${args[0]?.slice(2)}`, { Dockerfile: NODE, 'web/index.html': '' });
  const { exitCode, stdout } = await todoDeploy(['init', ...args], { cwd: root });
  expect(exitCode).toBe(2);
  expect(stdout).toContain(message);
  expect(existsSync(join(root, '.github'))).toBe(false);
});

test('outside of a checkout', async () => {
  const nowhere = mkdtempSync(join(top, 'nowhere-'));
  const { exitCode, stdout } = await todoDeploy(['init'], { cwd: nowhere, env: { GIT_CEILING_DIRECTORIES: top } });
  expect(exitCode).toBe(2);
  expect(stdout).toContain(`${nowhere} is not in a git checkout\nWhat to do: Run it in the repository that you want to deploy`);
});

describe('the doctor', () => {
  test('takes from the workflow what no flag says, and tells everything at once', async () => {
    const root = repository('doctor', { Dockerfile: NODE });
    await todoDeploy(['init', '--registry', '127.0.0.1:9/acme', '--host', 'shop.invalid'], { cwd: root });
    const kubeconfig = join(top, 'kubeconfig');
    const context = { name: 'a', context: { cluster: 'a', user: 'a' } };
    const cluster = { name: 'a', cluster: { server: 'https://127.0.0.1:9' } };
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        'current-context': 'a',
        contexts: [context],
        clusters: [cluster],
        users: [{ name: 'a', user: { token: 'a-token-of-nobody' } }],
      }),
    );
    const path = `${join(top, 'bin')}:${process.env.PATH}`;
    const { exitCode, stdout, stderr, left } = await todoDeploy(['doctor', '--json'], {
      cwd: root,
      env: { KUBECONFIG: kubeconfig, PATH: path },
    });
    expect([exitCode, left]).toEqual([1, []]);
    expect(stderr).toContain('From .github/workflows/deploy.yml: registry, chart, release, image-pull-secrets');
    const { error, outputs, report } = JSON.parse(stdout) as {
      error: { reason: string; message: string };
      outputs: object;
      report: { findings: { check: string; level: string; message: string }[] };
    };
    expect(error).toMatchObject({
      reason: 'unprepared',
      message: expect.stringContaining('"shop" is not ready for a deploy: registry, cluster'),
    });
    expect(outputs).toEqual({ result: 'fail' });
    const level = Object.fromEntries(report.findings.map((finding) => [finding.check, finding.level]));
    expect(level).toMatchObject({
      registry: 'fail',
      cluster: 'fail',
      rights: 'unknown',
      'pull secret': 'unknown',
      DNS: 'warn',
      capacity: 'unknown',
    });
  });

  test('without chart and workflow it says what is missing', async () => {
    const { exitCode, stdout } = await todoDeploy(['doctor'], { cwd: top });
    expect(exitCode).toBe(2);
    expect(stdout).toContain('Nothing says what to examine');
  });
});
