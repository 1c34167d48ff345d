import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execaSync } from 'execa';
import { type ClusterEnvironment, clusterEnvironment, ROOT } from '../../demo/environment.ts';
import { type ActionCall, type ActionResult, type Child, runAction } from '../support/action.ts';
import { cancelAsRunner, MARK, processesWith } from '../support/cancel.ts';
import { CraneRegistry } from '../support/registry.ts';

let cluster: ClusterEnvironment;
let registry: CraneRegistry;
let workspace: string;
/** A repository prefix of this run. */
let prefix: string;
let head: string;

function write(files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, name)), { recursive: true });
    writeFileSync(join(workspace, name), content);
  }
}

beforeAll(() => {
  cluster = clusterEnvironment();
  registry = new CraneRegistry(cluster);
  workspace = mkdtempSync(join(tmpdir(), 'todo-deploy-build-'));
  prefix = `${cluster.registry.host}/build-push-${Date.now().toString(36)}`;
  write({
    'web/Dockerfile':
      'FROM python:3.13-slim\nARG VERSION\nRUN pip install --no-cache-dir --root-user-action=ignore cowsay==6.1\nENV VERSION=$VERSION\n',
    'two/Dockerfile': 'FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH/ /app/\n',
    'two/amd64/hello': 'hello',
    'key/Dockerfile': 'FROM scratch\nCOPY key.pem /app/\n',
    'key/key.pem': `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEowIBAAKCAQEA'.repeat(20)}\n-----END RSA PRIVATE KEY-----\n`,
    'slow/Dockerfile': 'FROM python:3.13-slim\nRUN echo started && sleep 300\n',
    'broken/Dockerfile': 'FROM python:3.13-slim\nRUN echo one && false\n',
  });
  cpSync(join(ROOT, 'test', 'apps', 'vulnerable'), join(workspace, 'vulnerable'), { recursive: true });
  const git = (...args: string[]): string => execaSync('git', ['-C', workspace, ...args]).stdout;
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '-qm', 'first');
  head = git('rev-parse', 'HEAD');
});
afterAll(async () => {
  for (const result of results) await post(result);
  rmSync(workspace, { recursive: true, force: true });
});

/** Their builders are removed in the end. */
const results: ActionResult[] = [];

async function buildPush(
  inputs: Record<string, string>,
  env: Record<string, string> = {},
  watch: Pick<ActionCall, 'onLine' | 'onStart'> = {},
): Promise<ActionResult> {
  const result = await runAction({
    ...watch,
    action: 'actions/build-push',
    inputs: { registry: prefix, builder: cluster.buildkit.address, ...inputs },
    env: { ...cluster.env, GITHUB_ACTIONS: 'true', GITHUB_REF: 'refs/heads/feature/login', GITHUB_EVENT_NAME: 'push', ...env },
    cwd: workspace,
  });
  results.push(result);
  return result;
}

const post = (result: ActionResult): Promise<ActionResult> =>
  runAction({
    action: 'actions/build-push',
    step: 'post',
    state: result.state,
    env: { ...cluster.env, GITHUB_ACTIONS: 'true' },
    tempDir: result.tempDir,
  });

const errors = (result: ActionResult): string[] => result.log.filter((line) => line.startsWith('::error'));
const report = (result: ActionResult): { images: { digest: string; result: string }[]; blocked: boolean } =>
  JSON.parse(readFileSync(result.outputs['report-file'] ?? '', 'utf8'));

describe('images that pass', () => {
  const images = 'web: ./web\ntwo: {context: ./two, platforms: "linux/amd64"}';

  test('are pushed with the digests that were scanned, under commit and branch', async () => {
    const result = await buildPush({ images, 'build-args': 'VERSION=1' });
    expect(errors(result)).toEqual([]);
    expect(result.exitCode).toBe(0);
    expect(result.outputs).toMatchObject({ version: head, tags: `${head}\nfeature-login`, pushed: 'true' });
    results.splice(results.indexOf(result), 1);
    // The cache is written when the job is over.
    expect((await post(result)).exitCode).toBe(0);
    const digests = (result.outputs.images ?? '').split('\n').map((line) => line.split('='));
    expect(digests.map(([name]) => name)).toEqual(['web', 'two']);
    for (const [name, digest] of digests) {
      const [cache, ...tags] = (await registry.tags(`${prefix}/${name}`)).sort((a) => (a.startsWith('buildcache') ? -1 : 1));
      expect(cache).toMatch(/^buildcache-feature-login-[0-9a-f]{8}$/);
      // This registry lists referrers under a tag: the record for the next run.
      expect(tags.sort()).toEqual(['feature-login', head, (digest ?? '').replace(':', '-')].sort());
      expect(await registry.digest(`${prefix}/${name}:${head}`)).toBe(digest);
      expect(result.summary).toContain(digest);
    }
    await registry.crane('validate', '--remote', `${prefix}/web:${head}`);
  });

  test('are not sent again when nothing has changed', async () => {
    const before = await registry.snapshot(prefix);
    const result = await buildPush({ images, 'build-args': 'VERSION=1', cache: 'off' });
    expect(report(result).images.map((image) => image.result)).toEqual(['unchanged', 'unchanged']);
    expect(await registry.snapshot(prefix)).toEqual(before);
  });

  test('get SBOM and provenance as referrers, their digests unchanged', async () => {
    const plain = await registry.digest(`${prefix}/two:${head}`);
    const result = await buildPush({
      images: 'two: {context: ./two, platforms: "linux/amd64"}',
      sbom: 'true',
      provenance: 'true',
      cache: 'off',
    });
    expect(errors(result)).toEqual([]);
    expect(result.outputs.images).toBe(`two=${plain}`);
    const index = JSON.parse(await registry.crane('manifest', `${prefix}/two:${plain.replace(':', '-')}`));
    expect(index.manifests.map((entry: { artifactType: string }) => entry.artifactType).sort()).toEqual([
      'application/vnd.cyclonedx+json',
      'application/vnd.in-toto+json',
      // Of the first run, whose cache was the registry.
      'application/vnd.todo-deploy.build.v1+json',
      'application/vnd.todo-deploy.layers.v1+json',
    ]);
  });

  test('are not pushed from a pull request of a fork', async () => {
    const before = await registry.snapshot(prefix);
    write({ 'event.json': JSON.stringify({ pull_request: { head: { sha: 'f'.repeat(40), repo: { full_name: 'stranger/shop' } } } }) });
    const result = await buildPush(
      { images: 'web: ./web' },
      {
        GITHUB_REPOSITORY: 'acme/shop',
        GITHUB_EVENT_NAME: 'pull_request',
        GITHUB_EVENT_PATH: join(workspace, 'event.json'),
        GITHUB_REF: 'refs/pull/7/merge',
      },
    );
    expect(result.outputs).toMatchObject({ pushed: 'false', version: 'f'.repeat(40), tags: `${'f'.repeat(40)}\npr-7` });
    expect([result.exitCode, await registry.snapshot(prefix)]).toEqual([0, before]);
  });

  test.each(['workflow_run', 'issue_comment', 'pull_request_target', 'check_run'])(
    'are not pushed by %s, under the default branch’s name, unless told',
    async (GITHUB_EVENT_NAME) => {
      const before = await registry.snapshot(prefix);
      write({ 'event.json': JSON.stringify({ repository: { default_branch: 'main' } }) });
      const env = { GITHUB_EVENT_NAME, GITHUB_EVENT_PATH: join(workspace, 'event.json'), GITHUB_REF: 'refs/heads/main' };
      const result = await buildPush({ images: 'web: ./web' }, env);
      expect(result.outputs).toMatchObject({ pushed: 'false' });
      expect([result.exitCode, await registry.snapshot(prefix)]).toEqual([0, before]);
      expect(result.log.join('\n')).toContain(`Not pushed: the event ${GITHUB_EVENT_NAME} may carry code of people outside`);
    },
  );
});

describe('a vulnerable image is stopped before the registry is touched', () => {
  test('and the page says what, where, and the version with the fix', async () => {
    const before = await registry.snapshot(prefix);
    const result = await buildPush({ images: 'web: ./web\nbad: ./vulnerable/pip', version: '2.0.0' });
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toHaveLength(1);
    expect(errors(result)[0]).toContain(
      'Stopped before the push: CVE-2026-90001 (CRITICAL) in bad (linux/amd64): cowsay 5.0, fixed in 6.0',
    );
    for (const part of ['CVE-2026-90001', 'CRITICAL', 'bad (linux/amd64)', '`cowsay`', '`5.0`', '`6.0`', 'The registry was not touched']) {
      expect(result.summary.replaceAll('\\', '')).toContain(part);
    }
    expect(result.outputs).toMatchObject({ pushed: 'false' });
    const sarif = JSON.parse(readFileSync(result.outputs['sarif-file'] ?? '', 'utf8'));
    expect(sarif.runs[0].results.map(({ ruleId }: { ruleId: string }) => ruleId)).toContain('CVE-2026-90001');
    expect(await registry.snapshot(prefix)).toEqual(before);
  });

  test('also when only the second platform holds the package', async () => {
    const before = await registry.snapshot(prefix);
    const result = await buildPush({ images: 'pair: ./vulnerable/second-platform', platforms: 'linux/amd64,linux/arm64' });
    expect(errors(result)[0]).toContain('CVE-2026-90002 (HIGH) in pair (linux/arm64): left-pad 1.2.0, fixed in 1.3.0');
    expect([result.exitCode, await registry.snapshot(prefix)]).toEqual([1, before]);
  });

  test('packages of the system too; those without a fix may be let through', async () => {
    const findings = (result: ActionResult): string[] => /\d+ findings? \(.*?\)/.exec(result.summary.replaceAll('\\', ''))?.slice() ?? [];
    const images = 'os: ./vulnerable/debian';
    const strict = await buildPush({ images });
    expect([findings(strict), strict.exitCode]).toEqual([['2 findings (2 HIGH)'], 1]);
    const lenient = await buildPush({ images, 'ignore-unfixed': 'true' });
    expect([findings(lenient), lenient.exitCode]).toEqual([['1 finding (1 HIGH)'], 1]);
    expect(errors(lenient)[0]).toContain('CVE-2026-90003 (HIGH) in os (linux/amd64): hello ');
  });

  test('unless the finding is accepted, or its severity is let through', async () => {
    write({ '.trivyignore': 'CVE-2026-90002\n' });
    const images = 'pair: {context: ./vulnerable/second-platform, platforms: "linux/amd64,linux/arm64"}';
    const accepted = await buildPush({ images, trivyignores: '.trivyignore', cache: 'off' });
    expect([accepted.exitCode, accepted.outputs.pushed]).toEqual([0, 'true']);
    const index = JSON.parse(await registry.crane('manifest', `${prefix}/pair:${head}`));
    expect(index.manifests.map((entry: { platform: { architecture: string } }) => entry.platform.architecture)).toEqual(['amd64', 'arm64']);
  });

  test('a private key in a layer is a finding too, and is shown nowhere', async () => {
    const before = await registry.snapshot(prefix);
    const result = await buildPush({ images: 'key: ./key' });
    expect(errors(result)[0]).toMatch(/Stopped before the push: secret private-key \(HIGH\) in key \(linux\/amd64\): \/?app\/key\.pem/);
    expect(`${result.log.join('\n')}${result.summary}`).not.toContain('MIIEowIBAAKCAQEA');
    expect(await registry.snapshot(prefix)).toEqual(before);
  });
});

describe('what goes wrong is said', () => {
  test('a build that fails names the image, the line and the command', async () => {
    const result = await buildPush({ images: 'broken: ./broken' });
    expect(errors(result)).toHaveLength(1);
    expect(errors(result)[0]).toMatch(/Image "broken" could not be built \(Dockerfile:2\): .*echo one && false.*exit code: 1/);
    expect(result.log.some((line) => line.startsWith('[broken] #'))).toBe(true);
  });

  test('cancelling ends the build and leaves no program', async () => {
    let child: Child | undefined;
    let cancelled = false;
    let during: string[] = [];
    const result = await buildPush(
      { images: 'slow: ./slow\nweb: ./web' },
      { [MARK]: prefix },
      {
        onStart: (started) => {
          child = started;
        },
        onLine: (line) => {
          if (cancelled || !/started$/.test(line)) return;
          cancelled = true;
          during = processesWith(`${MARK}=${prefix}`);
          cancelAsRunner(child);
        },
      },
    );
    expect(during.some((command) => command.includes('docker'))).toBe(true);
    expect(processesWith(`${MARK}=${prefix}`)).toEqual([]);
    // By itself: the runner would have killed it in the end.
    expect([result.exitCode, result.signal, errors(result).length]).toEqual([1, undefined, 1]);
    expect(errors(result)[0]).toContain('cancelled');
    expect(JSON.parse(result.state.processes ?? '[]')).toEqual([]);
    expect((await post(result)).exitCode).toBe(0);
  });

  test('a wrong password fails before anything is built', async () => {
    const result = await buildPush({ images: 'web: ./web', username: 'todo', password: 'not-the-password' });
    expect(result.exitCode).toBe(1);
    expect(errors(result)[0]).toMatch(/401|UNAUTHORIZED|password/i);
    expect(result.log.some((line) => line.startsWith('[web]'))).toBe(false);
  });
});

test('a given password is in no argument of any program, and nothing private is left after the post step', async () => {
  const { username, password } = cluster.registry;
  const seen = new Set<string>();
  const watch = setInterval(() => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
      } catch {
        // It ended meanwhile.
      }
    }
  }, 20);
  write({ 'empty-docker/config.json': '{}' });
  const result = await buildPush(
    { images: 'two: {context: ./two, platforms: "linux/amd64"}', username, password, cache: 'off' },
    { DOCKER_CONFIG: join(workspace, 'empty-docker') },
  );
  clearInterval(watch);
  expect(errors(result)).toEqual([]);
  expect([...seen].some((line) => line.includes('buildx'))).toBe(true);
  expect([...seen].filter((line) => line.includes(password))).toEqual([]);
  expect(readFileSync(join(workspace, 'empty-docker', 'config.json'), 'utf8')).toBe('{}');

  const paths = JSON.parse(result.state.tempPaths ?? '[]') as string[];
  expect(paths.filter((path) => existsSync(path))).toEqual(paths);
  const { name } = JSON.parse(result.state.builder ?? '{}') as { name: string };
  const builders = (): string => execaSync('docker-buildx', ['ls'], { env: cluster.env }).stdout;
  expect(builders()).toContain(name);
  const after = await post(result);
  expect([after.exitCode, builders().includes(name)]).toEqual([0, false]);
  expect(paths.filter((path) => existsSync(path))).toEqual([]);
});
