import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { execaSync } from 'execa';
import { type ActionResult, errorsOf, runAction } from '../support/action.ts';
import { GitHubStandIn } from '../support/github/server.ts';
import { HandedOverLayout } from '../support/handed-over.ts';

const HEAD = 'a'.repeat(40);
const RUN = 77;
const FORK = 99;
const work = mkdtempSync(join(tmpdir(), 'todo-deploy-preview-fork-'));
let standIn: GitHubStandIn;
beforeAll(async () => {
  standIn = await GitHubStandIn.start();
});
afterAll(() => {
  standIn.close();
  rmSync(work, { recursive: true, force: true });
});
beforeEach(() => standIn.reset());
afterEach(() => expect(standIn.violations).toEqual([]));

const play = (more: object = {}, number = 7) =>
  void standIn.played.pulls.set(number, { number, head: HEAD, headRepository: FORK, ...more });
const handOver = (more: object = {}) =>
  void standIn.played.artifacts.push({
    id: 5000 + standIn.played.artifacts.length,
    name: 'todo-deploy-images',
    run: RUN,
    head: HEAD,
    ...more,
  });

/** A run of the workflow that builds forks' code, as GitHub tells of it. */
const payload = (run: object = {}) => ({
  repository: { id: 4242, full_name: 'acme/todo' },
  workflow_run: {
    id: RUN,
    event: 'pull_request',
    conclusion: 'success',
    head_sha: HEAD,
    head_branch: 'feature',
    head_repository: { id: FORK, owner: { login: 'eve' } },
    ...run,
  },
});

function preview(
  inputs: Record<string, string>,
  { run = {}, cwd, name = 'workflow_run' }: { run?: object; cwd?: string; name?: string } = {},
): Promise<ActionResult> {
  const path = join(work, 'event.json');
  writeFileSync(path, JSON.stringify(payload(run)));
  return runAction({
    action: 'actions/preview',
    inputs: {
      domain: 'preview.example.com',
      'github-token': 'ghs_token',
      kubeconfig: '/none',
      forks: 'approved',
      approval: 'forks',
      ...inputs,
    },
    env: {
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: standIn.url,
      GITHUB_EVENT_NAME: name,
      GITHUB_EVENT_PATH: path,
      GITHUB_REPOSITORY: 'acme/todo',
      GITHUB_REPOSITORY_ID: '4242',
    },
    ...(cwd && { cwd }),
  });
}
const plan = async (run: object = {}, inputs: Record<string, string> = {}) => {
  const result = await preview({ mode: 'plan', ...inputs }, { run });
  expect(errorsOf(result)).toEqual([]);
  return result.outputs;
};

describe('which pull request a run was of', () => {
  beforeEach(() => {
    standIn.played.reviewers.set('forks', 1);
    play({ base: 'release/1.x' });
    handOver();
  });

  test('number, commit and base branch by the API', async () => {
    expect(await plan()).toMatchObject({ want: 'up', 'pull-request': '7', head: HEAD, base: 'release/1.x', 'artifact-id': '5000' });
  });

  test('closed: its preview is to go, and nobody has to approve that', async () => {
    standIn.played.reviewers.clear();
    standIn.played.artifacts.length = 0;
    play({ state: 'closed', merged: true });
    expect(await plan({ conclusion: 'skipped' })).toMatchObject({ want: 'down', 'pull-request': '7', why: 'the pull request is merged' });
  });

  test('without the label: none', async () => {
    expect(await plan({}, { label: 'preview' })).toMatchObject({ want: 'down' });
    play({ labels: ['Preview'] });
    expect(await plan({}, { label: 'preview' })).toMatchObject({ want: 'up' });
  });

  test.each<[string, object, () => void, RegExp]>([
    ['another commit than the pull request is at', { head_sha: 'b'.repeat(40) }, () => undefined, /no pull request is at b{40}/],
    ['another fork of the same owner', { head_repository: { id: 100, owner: { login: 'eve' } } }, () => undefined, /no pull request is at/],
    ['a branch of the repository itself', { head_repository: { id: 4242, owner: { login: 'acme' } } }, () => undefined, /repository’s own/],
    ['a run that was not of a pull request', { event: 'push' }, () => undefined, /not of a pull request/],
    ['a fork that is gone', { head_repository: null }, () => undefined, /the fork is gone/],
    ['a build that failed', { conclusion: 'failure' }, () => undefined, /ended as "failure"/],
    ['a run that waits for a first approval', { conclusion: 'action_required' }, () => undefined, /"action_required"/],
    ['two pull requests of one commit', {}, () => play({}, 8), /several pull requests, 7 and 8/],
    ['nothing handed over', {}, () => standIn.played.artifacts.splice(0), /handed over 0 artifacts/],
    ['two of the name', {}, () => handOver(), /handed over 2 artifacts/],
    ['one of another commit', {}, () => Object.assign(standIn.played.artifacts[0] ?? {}, { head: 'b'.repeat(40) }), /0 artifacts/],
    ['one that has expired', {}, () => Object.assign(standIn.played.artifacts[0] ?? {}, { expired: true }), /has expired/],
    ['one that is too big', {}, () => Object.assign(standIn.played.artifacts[0] ?? {}, { bytes: 2 ** 40 }), /1099511627776 bytes/],
  ])('%s: nothing, green', async (_, run, change, words) => {
    change();
    const outputs = await plan(run);
    expect([outputs.want, outputs['artifact-id']]).toEqual(['nothing', undefined]);
    expect(outputs.why).toMatch(words);
  });

  test.each<[string, number | undefined, string, string]>([
    ['no such environment: GitHub would make it, without any rule', undefined, 'forks', 'which does not exist'],
    ['one that nobody has to approve', 0, 'forks', 'which has no required reviewers'],
    ['none named', 1, '', 'Input "approval" is empty'],
  ])('%s: red', async (_, count, approval, words) => {
    standIn.played.reviewers.clear();
    if (count !== undefined) standIn.played.reviewers.set('forks', count);
    const result = await preview({ mode: 'plan', approval });
    expect(result.exitCode).toBe(1);
    expect(errorsOf(result).join()).toContain(words);
    expect(result.outputs.want).toBeUndefined();
  });

  test('unless forks are let in: nothing', async () => {
    expect(await plan({}, { forks: 'off' })).toMatchObject({ want: 'nothing' });
  });
});

describe('while it waits for an approval', () => {
  beforeEach(() => {
    standIn.played.reviewers.set('forks', 1);
    play();
  });
  const say = async (inputs: Record<string, string> = {}): Promise<ActionResult> =>
    await preview({ mode: 'approval', 'pull-request': '7', head: HEAD, chart: 'oci://registry.example.com/charts/todo', ...inputs });
  const bodies = () => standIn.played.comments.map(({ body }) => body);
  const MARKER = '<!-- todo-deploy preview 4242-7 todo -->';

  test('the comment says so: which commit, who has to, and where; once for each commit', async () => {
    const result = await say();
    expect(errorsOf(result)).toEqual([]);
    expect(result.outputs.state).toBe('waiting');
    expect(bodies()).toEqual([expect.stringContaining('**Commit `aaaaaaa` of a fork waits for an approval.**')]);
    expect(bodies()[0]).toMatch(/^<!-- todo-deploy preview 4242-7 todo -->\n### Preview of `todo`: … waiting/);
    expect(bodies()[0]).toMatch(/A reviewer of the environment `forks` \(`[\w-]+`\) lets it through/);
    play({ head: 'b'.repeat(40) });
    await say({ head: 'b'.repeat(40) });
    expect(bodies()).toHaveLength(1);
    expect(bodies()[0]).toContain('`bbbbbbb`');
    expect(bodies()[0]).not.toContain('`aaaaaaa`');
  });

  test('below what it says of the commit that is there', async () => {
    standIn.played.comment(7, 'github-actions[bot]', `${MARKER}\n### Preview of \`todo\`: ✓ up\n- [ ] box`);
    await say();
    expect(bodies()).toHaveLength(1);
    expect(bodies()[0]).toMatch(/✓ up\n- \[ \] box\n\n<!-- todo-deploy:approval -->\n\*\*Commit `aaaaaaa`/);
  });

  test.each<[string, () => void, Record<string, string>]>([
    ['closed by now', () => play({ state: 'closed' }), {}],
    ['at another commit by now', () => play({ head: 'b'.repeat(40) }), {}],
    ['no fork', () => play({ headRepository: 4242 }), {}],
    ['not to be told', () => undefined, { comment: 'false' }],
  ])('nothing, where it is %s', async (_, change, inputs) => {
    change();
    const result = await say(inputs);
    expect(errorsOf(result)).toEqual([]);
    expect(bodies()).toEqual([]);
  });

  test.each([{ head: '' }, { approval: '' }, { 'pull-request': '' }])('%j: red', async (inputs) => {
    const [error = ''] = errorsOf(await say(inputs));
    expect(error).toContain(`${Object.keys(inputs)[0]} is empty`);
  });
});

describe('what decides how a fork is deployed', () => {
  const git = (folder: string, ...args: string[]): string =>
    execaSync('git', ['-C', folder, '-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args]).stdout;
  /** A checkout with a chart; returns its folder and commit. */
  function checkout(): { cwd: string; commit: string } {
    const cwd = mkdtempSync(join(work, 'checkout-'));
    mkdirSync(join(cwd, 'chart', 'templates'), { recursive: true });
    writeFileSync(join(cwd, 'chart', 'Chart.yaml'), 'apiVersion: v2\nname: todo\nversion: 1.0.0\n');
    writeFileSync(join(cwd, 'values-preview.yaml'), 'a: a\n');
    writeFileSync(join(cwd, '.gitignore'), '*.tgz\n');
    git(cwd, 'init', '-q', '-b', 'main');
    git(cwd, 'add', '.');
    git(cwd, 'commit', '-qm', 'chart');
    return { cwd, commit: git(cwd, 'rev-parse', 'HEAD') };
  }
  const nowhere = { apiVersion: 'v1', kind: 'Config', 'current-context': 'x' };
  const cluster = { name: 'x', cluster: { server: 'https://127.0.0.1:1' } };
  const kubeconfig = JSON.stringify({
    ...nowhere,
    clusters: [cluster],
    users: [{ name: 'x', user: { token: 'none' } }],
    contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
  });
  const up = (cwd: string, inputs: Record<string, string> = {}) =>
    preview({ 'pull-request': '7', head: HEAD, chart: 'chart', images: '', kubeconfig, ...inputs }, { cwd, name: 'workflow_run' });
  beforeEach(() => play());

  test.each<[string, 'ahead' | 'diverged' | undefined]>([
    ['the fork’s own commit', 'ahead'],
    ['a commit of the fork beside the base branch', 'diverged'],
    ['a commit that GitHub does not know', undefined],
  ])('a checkout of %s: refused before anything is touched', async (_, status) => {
    const { cwd, commit } = checkout();
    if (status) standIn.comparisons.set(`main...${commit}`, status);
    const result = await up(cwd);
    expect(result.exitCode).toBe(1);
    expect(errorsOf(result).join()).toContain(
      `The checkout is at ${commit}, which is none of the base branch main: a fork’s chart is not trusted`,
    );
  });

  test.each<[string, string, string]>([
    ['a template', 'chart/templates/x.yaml', 'x: {{ lookup "v1" "Secret" "" "" }}'],
    ['a value', 'chart/values.yaml', 'a: b'],
    ['a file that Git ignores', 'chart/ignored.tgz', 'x'],
    ['what hides everything from builds', 'chart/.dockerignore', '*'],
    ['a value beside it', 'values-preview.yaml', 'a: b'],
  ])('%s that somebody wrote into the chart or its values: refused', async (_, path, content) => {
    const { cwd, commit } = checkout();
    standIn.comparisons.set(`main...${commit}`, 'identical');
    writeFileSync(join(cwd, path), content);
    const result = await up(cwd, { 'value-files': 'values-preview.yaml' });
    expect(errorsOf(result).join()).toContain(`${path} is not as it was committed to main`);
  });

  test('the commit has to be named: which one was approved?', async () => {
    const { cwd } = checkout();
    expect(errorsOf(await up(cwd, { head: '' })).join()).toContain('Input "head" is empty');
  });

  test('a push after the approval: nothing is deployed', async () => {
    const { cwd } = checkout();
    play({ head: 'b'.repeat(40) });
    const result = await up(cwd);
    expect([result.exitCode, result.outputs.state]).toEqual([0, 'superseded']);
  });

  test('of the base branch: it goes on, to the cluster', async () => {
    const { cwd, commit } = checkout();
    standIn.comparisons.set(`main...${commit}`, 'behind');
    const [error = ''] = errorsOf(await up(cwd));
    // There is no cluster, and perhaps no Helm.
    expect(error).toMatch(/helm was not found|127\.0\.0\.1:1/);
  });

  test('forks are off: nothing, whatever the inputs', async () => {
    const { cwd } = checkout();
    expect((await up(cwd, { forks: 'off' })).outputs).toMatchObject({ want: 'nothing', state: 'skipped' });
  });
});

describe('what was handed over', () => {
  const take = (folder: string, more: Record<string, string> = {}) =>
    runAction({
      action: 'actions/build-push',
      env: { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/todo' },
      cwd: folder,
      inputs: { images: 'web: .', registry: 'localhost/forks', 'read-layout': 'layout', version: HEAD, push: 'false', ...more },
    });
  const layout = () => {
    const folder = mkdtempSync(join(work, 'handed-'));
    const images = new HandedOverLayout();
    images.named('miner', images.packed([Buffer.from('x')])).save(join(folder, 'layout'));
    return folder;
  };

  test('is refused by its reason', async () => {
    const result = await take(layout());
    expect(result.exitCode).toBe(1);
    expect(errorsOf(result).join()).toContain('it holds an image "miner", which is not among the images (web)');
  });

  test.each<[string, Record<string, string>, string]>([
    ['without a version', { version: '' }, 'Input "read-layout" is set, but "version" is not'],
    ['beside what is built here', { 'write-layout': 'out' }, 'Inputs "write-layout" and "read-layout" are both set'],
    ['with provenance', { provenance: 'true' }, 'Inputs "read-layout" and "provenance" are both set'],
    ['that is not there', { 'read-layout': 'none' }, 'Input "read-layout" names none, which is not a folder'],
    ['outside of the workspace', { 'read-layout': '/etc' }, 'Input "read-layout" names /etc'],
  ])('%s: wrong input', async (_, inputs, words) => {
    expect(errorsOf(await take(layout(), inputs)).join()).toContain(words);
  });
});
