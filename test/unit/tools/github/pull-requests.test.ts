import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readPullRequest } from '../../../../src/preview/model/index.ts';
import { GitHubClient } from '../../../../src/tools/github/client.ts';
import { GitHubPullRequests } from '../../../../src/tools/github/pull-requests.ts';
import { UndiciHttp } from '../../../../src/tools/http.ts';
import { GitHubStandIn } from '../../../support/github/server.ts';
import { QUIET } from '../../../support/log.ts';

const SHA = 'a'.repeat(40);
let standIn: GitHubStandIn;
beforeAll(async () => {
  standIn = await GitHubStandIn.start();
});
afterAll(() => standIn.close());
beforeEach(() => standIn.reset());
/** Whatever a test does: requests and answers keep to GitHub's description. */
afterEach(() => expect(standIn.violations).toEqual([]));

const log = QUIET;
const pulls = (token = 'ghs_x', more: object = {}): GitHubPullRequests => {
  const client = new GitHubClient({ http: new UndiciHttp(), log, apiUrl: standIn.url, token, secondMs: 1, patienceMs: 3_000 });
  return new GitHubPullRequests(client, { repository: 'acme/todo', token, signal: new AbortController().signal, ...more });
};
const methods = () => standIn.calls.map(({ method }) => method);

describe('a pull request', () => {
  test('is read as it is now', async () => {
    standIn.played.pulls.set(7, { number: 7, head: SHA, labels: ['preview'], draft: true });
    expect(readPullRequest(await pulls().pullRequest(7))).toEqual({
      key: { repositoryId: 4242, number: 7 },
      isOpen: true,
      isMerged: false,
      isDraft: true,
      head: SHA,
      isFork: false,
      author: 'ada',
      labels: ['preview'],
    });
  });

  test('that is not there is not there; one that could not be read is an error', async () => {
    expect(await pulls().pullRequest(8)).toBeUndefined();
    for (let n = 0; n < 9; n += 1) standIn.next.push({ status: 502, body: '<html>', headers: { 'content-type': 'text/html' } });
    await expect(pulls().pullRequest(8)).rejects.toMatchObject({ status: 502 });
    standIn.next.length = 0;
    standIn.next.push({ status: 200, body: '<html>', headers: { 'content-type': 'text/html' } });
    await expect(pulls().pullRequest(8)).rejects.toThrow('the answer is not JSON');
    standIn.violations.length = 0;
  });
});

describe('checks', () => {
  const check = { sha: SHA, name: 'preview of todo', title: 'The preview waits', summary: 'There are 10.', detailsUrl: undefined };

  test('say what is true now: the newest of a name counts', async () => {
    expect(await pulls().conclusionOf(SHA, 'preview of todo')).toBeUndefined();
    await pulls().createCheck({ ...check, conclusion: 'neutral', detailsUrl: 'https://github.com/acme/todo/actions/runs/7' });
    expect(await pulls().conclusionOf(SHA, 'preview of todo')).toBe('neutral');
    await pulls().createCheck({ ...check, conclusion: 'success' });
    expect(await pulls().conclusionOf(SHA, 'preview of todo')).toBe('success');
    expect(await pulls().conclusionOf('b'.repeat(40), 'preview of todo')).toBeUndefined();
    expect(await pulls().conclusionOf(SHA, 'preview of another')).toBeUndefined();
  });

  test('that may not be set: the permission is named', async () => {
    standIn.next.push({ status: 403, body: { message: 'Resource not accessible by integration' } });
    await expect(pulls().createCheck({ ...check, conclusion: 'neutral' })).rejects.toMatchObject({
      status: 403,
      hint: expect.stringContaining('checks: write'),
    });
  });
});

describe('comments', () => {
  test('are read on all pages', async () => {
    for (let n = 0; n < 250; n += 1) standIn.played.comment(7, 'ada', `${n}`);
    expect((await pulls().comments(7)).map(({ body }) => body)).toEqual(Array.from({ length: 250 }, (_, n) => `${n}`));
    expect(methods()).toEqual(['GET', 'GET', 'GET']);
  });

  test('a page that breaks off is read again, and is no shorter list', async () => {
    for (let n = 0; n < 150; n += 1) standIn.played.comment(7, 'ada', `${n}`);
    standIn.next.push({ status: 200, body: [], cut: true });
    expect(await pulls().comments(7)).toHaveLength(150);
  });

  test('one is created, and changed; one that is gone is told', async () => {
    const { id, author } = await pulls().createComment(7, 'one');
    expect(author).toBe('github-actions[bot]');
    expect(await pulls().updateComment(id, 'two')).toBe(true);
    expect(standIn.played.comments).toMatchObject([{ id, body: 'two' }]);
    expect(await pulls().updateComment(1, 'two')).toBe(false);
  });

  test('one whose answer is lost is not sent again', async () => {
    standIn.next.push({ status: 201, body: {}, cut: true });
    await expect(pulls().createComment(7, 'one')).rejects.toThrow('commenting on pull request 7');
    expect(methods()).toEqual(['POST']);
  });
});

describe('who writes', () => {
  test.each<[string, object, string]>([
    ['ghs_x', {}, 'github-actions[bot]'],
    ['ghs_x', { appLogin: 'acme[bot]' }, 'acme[bot]'],
    ['x', { appLogin: 'acme[bot]' }, 'acme[bot]'],
  ])('by the token %s %j: %s', async (token, more, author) => expect(await pulls(token, more).author()).toBe(author));

  test('what somebody may do', async () => {
    standIn.played.permissions.set('ada', 'write');
    expect(await pulls().permissionOf('ada')).toBe('write');
    expect(await pulls().permissionOf('eve')).toBe('read');
  });
});

test('a deployment, and what became of it: it ends no other one', async () => {
  const id = await pulls().createDeployment({ sha: SHA, environment: 'preview', description: 'pull request 7' });
  await pulls().setDeploymentStatus(id, { state: 'success', url: 'https://pr-7.example.com', description: 'x'.repeat(300) });
  await pulls().setDeploymentStatus(id, { state: 'inactive', description: 'gone' });
  expect(standIn.played.deployments).toMatchObject([
    { id, ref: SHA, environment: 'preview', statuses: [{ state: 'success', auto_inactive: false }, { state: 'inactive' }] },
  ]);
});
