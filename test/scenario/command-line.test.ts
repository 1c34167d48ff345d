import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { todoDeploy } from '../support/command-line.ts';

const ROOT = join(import.meta.dirname, '../..');
const COMMANDS = ['pipeline', 'deploy', 'rollback', 'remove', 'janitor', 'smoke-test', 'status', 'build-push'];
let server: Server;
let base: string;
let folder: string;
let answer: (response: ServerResponse) => void;
let requests: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'todo-deploy-command-line-'));
  mkdirSync(join(folder, 'chart'));
  writeFileSync(join(folder, 'chart', 'Chart.yaml'), 'name: todo\nversion: 1.0.0\n');
  server = createServer((request, response) => {
    requests.push(request.headers.authorization ?? request.url ?? '');
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  requests = [];
  answer = (response) => response.end('{"status":"healthy"}');
});
const smoke = () => ['smoke-test', '--retries', '0', '--smoke', `- {url: "${base}/health"}`];

describe('help', () => {
  test('names every command, and says what exit codes mean', async () => {
    const { exitCode, stdout, stderr } = await todoDeploy(['--help']);
    expect([exitCode, stderr]).toEqual([0, '']);
    for (const name of [...COMMANDS, 'init', 'doctor']) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(stdout).toMatch(/^ {2}3 +the rollback failed too/m);
  });

  test.each(COMMANDS)('%s: every input of the action is a flag', async (name) => {
    const { exitCode, stdout } = await todoDeploy([name, '--help']);
    const { inputs } = parse(readFileSync(join(ROOT, name === 'pipeline' ? '' : `actions/${name}`, 'action.yml'), 'utf8')) as {
      inputs: Record<string, object>;
    };
    expect(exitCode).toBe(0);
    for (const input of Object.keys(inputs)) expect(stdout).toMatch(new RegExp(`^ {2}--${input}(-file)?( |$)`, 'm'));
    expect(stdout).not.toContain('${{');
  });

  test('no command is a mistake', async () => {
    expect((await todoDeploy([])).exitCode).toBe(2);
    expect((await todoDeploy(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('wrong flags: exit code 2, one line, nothing begun', () => {
  test.each<[string[], string, string]>([
    [['rolback'], 'There is no command "rolback"', 'Did you mean rollback?'],
    [['status', '--releese=x'], 'There is no flag --releese', 'Did you mean --release?'],
    [['deploy', '--value-fils', 'x'], 'There is no flag --value-fils', 'Did you mean --value-files?'],
    [['status', '--quite-something'], 'There is no flag --quite-something', 'See --help'],
    [['status', '--release'], '--release needs a value', ''],
    [['status', '--release', '--json'], '--release needs a value', ''],
    [['status', 'todo'], 'There is an argument without a flag', ''],
    [['status', '--json=yes'], '--json takes no value', ''],
    [['deploy', '--chart=./chart', '--secrets', 'db/password=canary-1'], '--secrets is a secret', 'Use --secrets-file PATH'],
    [['pipeline', '--build-secrets=canary-2'], '--build-secrets is a secret', 'the variable TODO_DEPLOY_BUILD_SECRETS'],
    [['build-push', '--password=canary-2'], '--password is a secret', 'the variable TODO_DEPLOY_PASSWORD'],
    [['status', '--kubeconfig', 'apiVersion: v1\nkind: Config\ncanary-3'], '--kubeconfig is a secret', '--kubeconfig-file -'],
    [['status', '--digitalocean-token', 'canary-4'], '--digitalocean-token is a secret', 'DIGITALOCEAN_ACCESS_TOKEN'],
    [['deploy', '--secrets-file=/nowhere'], '--secrets-file names a file that cannot be read', 'ENOENT'],
    [['deploy', '--values=a: 1', '--values-file=x'], '--values and --values-file are both given', ''],
    [['deploy', '--values-file=-', '--secrets-file=-'], 'Two flags read standard input', ''],
    [['status'], '--release is empty', 'give --release'],
    [['deploy', '--chart', 'missing'], '--chart names missing, which is not a folder', 'is this the right folder?'],
    [['remove', '--release=todo', '--confirm=tada'], '--confirm is "tada"', '--dry-run'],
    [['rollback', '--release=todo', '--to=one two'], '--to is "one two": not understood', ''],
  ])('%j', async (args, message, hint) => {
    const { exitCode, stdout, stderr, left } = await todoDeploy(args, { cwd: folder });
    const said = stdout + stderr;
    expect([exitCode, left]).toEqual([2, []]);
    expect(said).toContain(message);
    expect(said).toContain(hint);
    expect(said).not.toMatch(/canary|Input "|at .*\.js:\d+/);
  });

  test('as JSON, too', async () => {
    for (const args of [
      ['status', '--json', '--nothing'],
      ['status', '--json'],
    ]) {
      const { exitCode, stdout } = await todoDeploy(args);
      expect(JSON.parse(stdout)).toMatchObject({
        ok: false,
        exitCode: 2,
        error: { reason: 'configuration', message: expect.stringMatching(/^There is no flag|^--release is empty/) },
      });
      expect(exitCode).toBe(2);
    }
  });
});

describe('a run', () => {
  test('passes: exit code 0, a table to read, nothing left behind, no colour off a terminal', async () => {
    const { exitCode, stdout, stderr, left } = await todoDeploy(smoke());
    expect([exitCode, stderr, left]).toEqual([0, '', []]);
    expect(stdout).toContain('Smoke test: passed');
    expect(stdout).toMatch(/^ {2}✓ GET http/m);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toMatch(/::|^\||&#|\*\*/m);
    expect((await todoDeploy([...smoke(), '--color'])).stdout).toContain('\u001b[1mSmoke test: passed\u001b[22m');
  });

  test('fails: exit code 1, the cause at the end', async () => {
    answer = (response) => response.writeHead(503).end('::error::no <details>');
    const { exitCode, stdout } = await todoDeploy(smoke());
    expect(exitCode).toBe(1);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^Error: smoke-test: a check failed: Check .* expected 200–399, got 503$/);
    expect(stdout).not.toMatch(/^\s*::/m);
  });

  test('--json: one object on standard output, progress on standard error; --report keeps the file', async () => {
    answer = (response) => response.writeHead(503).end();
    const file = join(folder, 'report.json');
    const { exitCode, stdout, stderr } = await todoDeploy([...smoke(), '--json', '--report', file]);
    const object = JSON.parse(stdout);
    expect(object).toMatchObject({
      command: 'smoke-test',
      ok: false,
      exitCode: 1,
      outputs: { passed: 'false' },
      report: { passed: false },
    });
    expect(object.error.reason).toBe('smoke-failed');
    expect(object.error.message).toContain('got 503');
    expect(object.outputs['report-file']).toBeUndefined();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(object.report);
    expect([exitCode, stderr.includes('503')]).toEqual([1, true]);
  });

  test('values come from files and from standard input', async () => {
    const check = `- {url: "${base}/a", request-headers: {authorization: "Bearer canary-5"}}`;
    const { exitCode, stdout, stderr } = await todoDeploy(['smoke-test', '--retries=0', '--smoke-file=-'], { stdin: check });
    expect([exitCode, requests]).toEqual([0, ['Bearer canary-5']]);
    expect(stdout + stderr).not.toContain('canary');
  });

  test('Ctrl-C: cancelled, exit code 130, at once', async () => {
    let child: { kill(signal: 'SIGINT'): void } | undefined;
    answer = () => child?.kill('SIGINT');
    const { exitCode, stdout } = await todoDeploy([...smoke(), '--timeout=10m'], {
      onStart: (one) => {
        child = one;
      },
    });
    expect(exitCode).toBe(130);
    expect(stdout).toContain('cancelled');
  });

  test("a workflow's own variables are not this command's", async () => {
    const file = join(folder, 'output');
    writeFileSync(file, '');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: file, GITHUB_STEP_SUMMARY: file, INPUT_SMOKE: '- {url: "http://127.0.0.1:1"}' };
    const { exitCode, stdout } = await todoDeploy(smoke(), { env });
    expect([exitCode, readFileSync(file, 'utf8')]).toEqual([0, '']);
    expect(stdout).not.toContain('::group::');
  });
});

test('what npm packs is what the command needs, and nothing else', async () => {
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', `--pack-destination=${folder}`], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const [{ filename, files }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
  const tops = new Set(files.map(({ path }) => path.split('/')[0]));
  expect([...tops].sort()).toEqual(['LICENSE', 'README.md', 'action.yml', 'actions', 'bin', 'dist', 'main.js', 'package.json', 'post.js']);
  execFileSync('tar', ['xzf', filename], { cwd: folder });
  const { exitCode, stdout } = await todoDeploy(['status', '--help'], { root: join(folder, 'package'), cwd: folder });
  expect([exitCode, stdout.includes('--fail-on-drift')]).toEqual([0, true]);
});
