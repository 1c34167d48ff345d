import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ActionResult, runAction } from '../support/action.ts';
import type { Answer } from '../support/github/answer.ts';
import { GitHubStandIn } from '../support/github/server.ts';

/** A commit status is the one call that a deploy makes even where it cannot begin: here there is no Helm. */
const SHA = '0123456789abcdef0123456789abcdef01234567';
const TOKEN = 'ghs_canary-of-the-token';
const KUBECONFIG = JSON.stringify({
  clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:1' } }],
  users: [{ name: 'u', user: {} }],
  contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  'current-context': 'x',
});
let standIn: GitHubStandIn;
let workspace: string;

beforeAll(async () => {
  standIn = await GitHubStandIn.start();
  workspace = mkdtempSync(join(tmpdir(), 'todo-deploy-github-'));
  mkdirSync(join(workspace, 'chart'));
  writeFileSync(join(workspace, 'chart', 'Chart.yaml'), 'name: todo\nversion: 1.0.0\n');
});
afterAll(() => {
  standIn.close();
  rmSync(workspace, { recursive: true });
});
beforeEach(() => standIn.reset());
/** Every request that the bundle makes and every answer that it gets keeps to GitHub's description. */
afterEach(() => expect(standIn.violations).toEqual([]));

async function deploy(inputs: Record<string, string> = {}, env: Record<string, string | undefined> = {}): Promise<ActionResult> {
  const result = await runAction({
    action: 'actions/deploy',
    cwd: workspace,
    inputs: { chart: './chart', version: SHA, kubeconfig: KUBECONFIG, 'github-token': TOKEN, 'commit-status': 'true', ...inputs },
    env: { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/todo', GITHUB_RUN_ID: '7', GITHUB_API_URL: standIn.url, PATH: '', ...env },
  });
  // Whatever GitHub says, the run ends for its own reason.
  expect([result.exitCode, errors(result)]).toEqual([1, [expect.stringContaining('helm was not found')]]);
  expect(result.log.filter((line) => line.includes(TOKEN) && !line.startsWith('::add-mask::'))).toEqual([]);
  return result;
}
const errors = (result: ActionResult): string[] => result.log.filter((line) => line.startsWith('::error'));
const notices = (result: ActionResult): string[] => result.log.filter((line) => /^::(notice|warning)/.test(line));

describe('the status of the deployed commit', () => {
  test('is set, with a link to the run', async () => {
    expect(notices(await deploy())).toEqual([]);
    expect(standIn.statuses).toEqual([
      {
        sha: SHA,
        body: {
          state: 'failure',
          context: 'todo-deploy: todo/todo',
          description: 'Failed',
          target_url: 'https://github.com/acme/todo/actions/runs/7/attempts/1',
        },
      },
    ]);
  });

  test('is not, unless it is asked for', async () => {
    expect(notices(await deploy({ 'commit-status': 'false' }))).toEqual([]);
    expect(standIn.calls).toEqual([]);
  });

  test.each([
    ['without a token', { 'github-token': '' }, {}, 'there is no token'],
    ['outside of a repository', {}, { GITHUB_REPOSITORY: undefined }, 'there is no token, or no repository of GitHub'],
    ['for a version that is no commit', { version: 'v1.2.3' }, {}, 'the version v1.2.3 is not a commit'],
  ])('%s it is said', async (_, inputs, env, message) => {
    expect(notices(await deploy(inputs, env))).toEqual([expect.stringContaining(`No commit status: ${message}`)]);
    expect(standIn.calls).toEqual([]);
  });
});

const refusal = (status: number, message: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: { message, documentation_url: 'https://docs.github.com/rest' },
});

describe('what GitHub may answer', () => {
  test.each<[string, Answer, string]>([
    ['401', refusal(401, 'Bad credentials'), 'the token is not accepted (401: Bad credentials). Is the input "github-token"'],
    [
      '403',
      refusal(403, 'Resource not accessible by integration', { 'x-accepted-github-permissions': 'statuses=write' }),
      'the token may not do this (403: Resource not accessible by integration). The token needs the permission "statuses: write"',
    ],
    ['404', refusal(404, 'Not Found'), 'not found, or the token may not see it (404: Not Found)'],
    ['409', refusal(409, 'Conflict'), 'a conflict (409: Conflict)'],
    ['422', refusal(422, 'No commit found for SHA'), 'not accepted (422: No commit found for SHA)'],
    [
      'a limit that lasts too long',
      refusal(429, 'Too fast', { 'retry-after': '900' }),
      'the rate limit is used up (429: Too fast); it asks to wait until',
    ],
    ['no JSON', { status: 201, body: '<html>', headers: { 'content-type': 'text/html' } }, 'the answer is not JSON (<html>)'],
  ])('%s: one notice that says why', async (_, answer, message) => {
    standIn.next.push(answer);
    const said = notices(await deploy());
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(`The commit status was not set: GitHub, setting the status of ${SHA} in acme/todo: ${message}`);
    expect(standIn.calls).toHaveLength(1);
  });

  test.each<[string, Answer]>([
    ['429', refusal(429, 'Too fast', { 'retry-after': '1' })],
    ['a secondary rate limit', refusal(403, 'You have exceeded a secondary rate limit', { 'retry-after': '1' })],
    ['500', refusal(500, 'Server Error')],
    ['a connection that is cut', { status: 201, cut: true }],
  ])('%s: tried again', async (_, answer) => {
    standIn.next.push(answer);
    const result = await deploy();
    expect(notices(result)).toEqual([]);
    expect(result.log.filter((line) => line.includes('trying again in 1 s'))).toHaveLength(1);
    expect(standIn.statuses.map(({ body }) => body.state)).toEqual(['failure', 'failure']);
  });
});
