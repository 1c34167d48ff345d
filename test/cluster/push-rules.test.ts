import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { execaSync } from 'execa';
import { type ClusterEnvironment, clusterEnvironment } from '../../demo/environment.ts';
import { type ActionResult, errorsOf, runAction } from '../support/action.ts';
import { Front } from '../support/front.ts';
import { CraneRegistry } from '../support/registry.ts';

let cluster: ClusterEnvironment;
let registry: CraneRegistry;
let front: Front;
let workspace: string;
let head: string;
/** Below the registry's host; a new one for every test. */
let prefix = '';
const results: ActionResult[] = [];

const git = (...args: string[]): string => execaSync('git', ['-C', workspace, ...args]).stdout;
function write(name: string, content: string): void {
  mkdirSync(dirname(join(workspace, name)), { recursive: true });
  writeFileSync(join(workspace, name), content);
}

beforeAll(async () => {
  cluster = clusterEnvironment();
  registry = new CraneRegistry(cluster);
  front = await Front.start(cluster);
  workspace = mkdtempSync(join(tmpdir(), 'todo-deploy-push-rules-'));
  for (const name of ['one', 'two']) {
    write(`${name}/Dockerfile`, 'FROM scratch\nARG VERSION\nLABEL version=$VERSION\nCOPY hello /\n');
    write(`${name}/hello`, name);
  }
  write('.gitignore', 'made\n');
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '-qm', 'first');
  head = git('rev-parse', 'HEAD');
});
beforeEach(() => {
  prefix = `push-rules-${Date.now().toString(36)}`;
  front.reset();
  git('checkout', '-q', '.');
  git('clean', '-qfdx');
});
afterAll(async () => {
  for (const { state, tempDir } of results) {
    await runAction({ action: 'actions/build-push', step: 'post', state, tempDir, env: { ...cluster.env, GITHUB_ACTIONS: 'true' } });
  }
  await front.close();
  rmSync(workspace, { recursive: true, force: true });
});

async function buildPush(inputs: Record<string, string> = {}): Promise<ActionResult> {
  const { username, password } = cluster.registry;
  const result = await runAction({
    action: 'actions/build-push',
    inputs: {
      registry: `${front.host}/${prefix}`,
      username,
      password,
      builder: cluster.buildkit.address,
      images: 'one: ./one\ntwo: ./two',
      cache: 'off',
      scanners: 'secret',
      ...inputs,
    },
    env: { ...cluster.env, GITHUB_ACTIONS: 'true', GITHUB_REF: 'refs/heads/main', GITHUB_EVENT_NAME: 'push' },
    cwd: workspace,
  });
  results.push(result);
  return result;
}

const warnings = ({ log }: ActionResult): string => log.filter((line) => line.startsWith('::warning')).join('\n');
const built = ({ log }: ActionResult): boolean => log.some((line) => /^\[(one|two)\] #\d/.test(line));
const digest = (name: string, tag: string): Promise<string> => registry.digest(`${cluster.registry.host}/${prefix}/${name}:${tag}`);
const tags = (name: string): Promise<string[]> => registry.tags(`${cluster.registry.host}/${prefix}/${name}`).catch(() => []);

describe('the commit’s tag is that commit', () => {
  test('a checkout with changes is named, and leaves the commit’s tag alone', async () => {
    const clean = await buildPush();
    expect([clean.exitCode, clean.outputs.version, warnings(clean), clean.outputs['image-count']]).toEqual([0, head, '', '2']);
    const before = await digest('one', head);
    write('one/hello', 'changed');
    write('two/made', 'ignored by Git');
    const dirty = await buildPush();
    expect([dirty.exitCode, dirty.outputs.version, dirty.outputs.tags]).toEqual([0, `${head}-dirty`, `${head}-dirty\nmain`]);
    expect(warnings(dirty)).toContain('one/hello');
    expect(await digest('one', head)).toBe(before);
    expect(await digest('one', `${head}-dirty`)).not.toBe(before);
    const named = await buildPush({ version: 'night-fix' });
    expect([named.outputs.version, warnings(named)]).toEqual(['night-fix', '']);
  });

  test('other bytes of the same commit get a tag of their own; a version’s tag is an error', async () => {
    await buildPush({ 'build-args': 'VERSION=1', tags: 'sha,1.2.3' });
    const before = await digest('one', head);
    const again = await buildPush({ 'build-args': 'VERSION=2', tags: 'sha,branch' });
    expect([again.exitCode, await digest('one', head)]).toEqual([0, before]);
    const [own = ''] = (again.outputs.tags ?? '').split('\n');
    expect(own).toMatch(new RegExp(`^${head}-[0-9a-f]{8}$`));
    expect(warnings(again)).toContain(`one:${head} stays where it is`);
    expect(again.outputs.images).toContain(`one=${await digest('one', own)}`);
    const released = await buildPush({ 'build-args': 'VERSION=3', tags: '1.2.3' });
    expect([released.exitCode, released.outputs.pushed]).toEqual([1, 'false']);
    expect(errorsOf(released)[0]).toMatch(/one:1\.2\.3 is sha256:.*a version's tag does not move/);
  });
});

describe('what a registry refuses', () => {
  const denied = { errors: [{ code: 'DENIED', message: 'permission_denied: write_package' }] };

  test('is known before anything is built', async () => {
    front.reset([{ method: 'POST', path: 'two/blobs/uploads/', status: 403, body: denied }]);
    const result = await buildPush();
    expect([result.exitCode, built(result), errorsOf(result).length]).toEqual([1, false, 1]);
    expect(errorsOf(result)[0]).toMatch(/two: the registry answered 403 DENIED \(permission_denied: write_package\).*packages: write/);
  });

  test('is not asked for where nothing is pushed', async () => {
    front.reset([{ method: 'POST', path: 'blobs/uploads/', status: 403, body: denied }]);
    const result = await buildPush({ push: 'false' });
    expect([result.exitCode, result.outputs.pushed, front.asked('POST', /./)]).toEqual([0, 'false', []]);
  });

  test('leaves no tag, and says which cannot move', async () => {
    const message =
      "The image tag 'main' already exists in the 'acme/one' repository and cannot be overwritten because the tag is immutable.";
    front.reset([{ method: 'PUT', path: '/manifests/main', status: 400, body: { errors: [{ code: 'TAG_INVALID', message }] } }]);
    const result = await buildPush();
    expect([result.exitCode, result.outputs.pushed]).toEqual([1, 'false']);
    expect(errorsOf(result)[0]).toMatch(/tag is immutable.*"tags: sha"/);
    expect([await tags('one'), await tags('two')]).toEqual([[], []]);
  });
});
