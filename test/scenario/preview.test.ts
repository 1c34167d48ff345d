import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ActionResult, errorsOf, runAction } from '../support/action.ts';
import { GitHubStandIn } from '../support/github/server.ts';

const HEAD = 'a'.repeat(40);
const work = mkdtempSync(join(tmpdir(), 'todo-deploy-preview-'));
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

interface Event {
  name?: string;
  more?: Record<string, unknown>;
}

/** The action in the repository of the stand-in; there is no cluster. */
function preview(inputs: Record<string, string> = {}, { name = 'pull_request', more = {} }: Event = {}): Promise<ActionResult> {
  const path = join(work, 'event.json');
  const payload = { number: 7, pull_request: standIn.played.object(7), sender: { login: 'ada' }, repository: { id: 4242 }, ...more };
  writeFileSync(path, JSON.stringify(payload));
  return runAction({
    action: 'actions/preview',
    inputs: { domain: 'preview.example.com', 'github-token': 'ghs_token', kubeconfig: '/none', ...inputs },
    env: {
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: standIn.url,
      GITHUB_EVENT_NAME: name,
      GITHUB_EVENT_PATH: path,
      GITHUB_REPOSITORY: 'acme/todo',
    },
  });
}
const play = (more: object = {}) => void standIn.played.pulls.set(7, { number: 7, head: HEAD, ...more });
const plan = async (inputs: Record<string, string> = {}, event: Event = {}) => {
  const result = await preview({ mode: 'plan', ...inputs }, event);
  expect(errorsOf(result)).toEqual([]);
  return result.outputs;
};

describe('what a pull request asks for, without a cluster', () => {
  test('by its state now, whatever the event was', async () => {
    play();
    expect(await plan()).toMatchObject({ want: 'up', why: 'the pull request is open' });
    const opened = standIn.played.object(7);
    play({ state: 'closed', merged: true });
    expect(await plan({}, { more: { pull_request: opened } })).toMatchObject({ want: 'down', why: 'the pull request is merged' });
  });

  test('by label and draft', async () => {
    play({ draft: true });
    expect(await plan()).toMatchObject({ want: 'asleep', why: 'the pull request is a draft' });
    expect(await plan({ drafts: 'up' })).toMatchObject({ want: 'up', why: 'the pull request is open, as a draft' });
    expect(await plan({ drafts: 'off' })).toMatchObject({ want: 'down' });
    expect(await plan({ label: 'preview' })).toMatchObject({ want: 'down', why: 'the pull request has not the label "preview"' });
  });

  test.each<[string, object, Event]>([
    ['a fork', { headRepository: 1 }, {}],
    ['Dependabot', {}, { more: { sender: { login: 'dependabot[bot]' } } }],
    ['a merge queue', {}, { name: 'merge_group' }],
    ['a comment that is not ours', {}, { name: 'issue_comment', more: { action: 'edited', comment: { id: 1, body: 'x' } } }],
  ])('%s: nothing, green, and GitHub is not asked', async (_, pull, event) => {
    play(pull);
    const result = await preview({}, event);
    expect([result.exitCode, result.outputs.want, result.outputs.state]).toEqual([0, 'nothing', 'skipped']);
    expect(standIn.calls).toEqual([]);
  });

  test('by number, on demand; a fork stays a fork', async () => {
    play({ headRepository: 1 });
    expect(await plan({ 'pull-request': '7', mode: 'plan' }, { name: 'workflow_dispatch' })).toMatchObject({ want: 'nothing' });
    const result = await preview({ 'pull-request': '7', mode: 'up' }, { name: 'workflow_dispatch' });
    expect(result.outputs).toMatchObject({ want: 'nothing', state: 'skipped' });
  });
});

describe('an answer that says nothing', () => {
  test.each<[string, number]>([
    ['404', 404],
    ['403', 403],
  ])('%s: red, and neither closed nor open follows from it', async (_, status) => {
    play();
    const event = { more: { pull_request: standIn.played.object(7) } };
    standIn.next.push({ status, body: { message: 'Not Found' } });
    const result = await preview({}, event);
    expect(result.exitCode).toBe(1);
    expect(result.outputs.want).toBeUndefined();
    expect(errorsOf(result).join()).toMatch(/pull request 7/);
  });

  test('another pull request’s', async () => {
    play();
    const event = { more: { pull_request: standIn.played.object(7) } };
    standIn.next.push({ status: 200, body: { ...standIn.played.object(7), number: 70 } });
    const result = await preview({}, event);
    expect(errorsOf(result).join()).toContain('GitHub does not say what pull request 7 of acme/todo is');
  });
});

describe('an older run that comes late', () => {
  test('deploys nothing, and is green', async () => {
    play();
    const event = { more: { pull_request: standIn.played.object(7) } };
    play({ head: 'b'.repeat(40) });
    const result = await preview({}, event);
    expect([result.exitCode, result.outputs.state]).toEqual([0, 'superseded']);
    // A look at other previews fails nothing: here there is no cluster.
    expect(result.log.join('\n')).toContain('Other previews were not looked at to the end: ');
  });
});

describe('inputs', () => {
  beforeEach(() => play());
  test.each<[string, Record<string, string>, string]>([
    ['domain', { domain: 'https://x' }, 'Input "domain" is "https://x": not a domain'],
    [
      'quota',
      { quota: 'cpu=2, disk=5' },
      'Input "quota" holds "disk=5": not understood (allowed: cpu=2, memory=4Gi, storage=5Gi, pods=20)',
    ],
    ['egress', { egress: '10.0.0.0/33' }, 'Input "egress" holds "10.0.0.0/33": not a network'],
    ['tls-secret', { 'tls-secret': 'wildcard' }, 'Input "tls-secret" is "wildcard": not understood (allowed: namespace/name)'],
    ['copy-secrets', { 'copy-secrets': 'a/b, c' }, 'Input "copy-secrets" is "c": not understood'],
    ['max', { max: '0' }, 'Input "max" is "0": out of range'],
    ['mode', { mode: 'upp' }, 'Input "mode" is "upp": not a known value (allowed: auto, up, down, plan, approval'],
    ['drafts', { drafts: 'sleepy' }, 'Input "drafts" is "sleepy": not a known value (allowed: asleep, up, off'],
    ['sleep-after', { 'sleep-after': 'never' }, 'Input "sleep-after" is "never": not a duration (allowed: 90s, 10m, 1h30m, off)'],
    ['sleep-after', { 'sleep-after': '10s' }, 'Input "sleep-after" is "10s": too short (allowed: at least 60s)'],
    ['waker-image', { 'waker-image': 'Not an image' }, 'Input "waker-image" is "Not an image": not the name of an image'],
    ['isolation-probe', { 'isolation-probe': 'yes' }, 'Input "isolation-probe" is "yes": not a known value (allowed: warn, require, off'],
    ['expires-after', { 'expires-after': '1 week' }, 'Input "expires-after" is "1 week": not a duration'],
    ['chart', {}, 'Input "chart" is empty'],
    ['github-token', { 'github-token': '' }, 'A preview is of a pull request: there is no token'],
    ['a slip', { 'expire-after': '7d' }, 'Input "expire-after" is not one of this action; did you mean "expires-after"?'],
  ])('%s: what is wrong, before anything is touched', async (_, inputs, words) => {
    const result = await preview(inputs);
    expect(result.exitCode).toBe(1);
    expect(errorsOf(result).join()).toContain(words.replaceAll('%', '%25'));
  });
});
