import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { HttpError } from '../../../../src/interfaces/errors.ts';
import type { GitHubOptions } from '../../../../src/tools/github/call.ts';
import { GitHubClient } from '../../../../src/tools/github/client.ts';
import { UndiciHttp } from '../../../../src/tools/http.ts';
import type { Answer } from '../../../support/github/answer.ts';
import { GitHubStandIn } from '../../../support/github/server.ts';
import { logBy } from '../../../support/log.ts';

const [A, B] = ['a'.repeat(40), 'b'.repeat(40)] as const;
const REPOSITORY = 'acme/todo';
let standIn: GitHubStandIn;
let client: GitHubClient;
let options: GitHubOptions;
let said: string[];
/** Seconds that were waited, as the log tells them. */
const waited = (): string[] => said.map((line) => /trying again in (\d+ s)$/.exec(line)?.[1] ?? line);

beforeAll(async () => {
  // Limits end at a time of day: it stands still. Timers are real.
  jest.useFakeTimers({
    now: Date.parse('2026-11-24T18:00:00Z'),
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
  standIn = await GitHubStandIn.start();
});
afterAll(() => {
  standIn.close();
  jest.useRealTimers();
});
beforeEach(() => {
  standIn.reset();
  said = [];
  const say = (text: string) => void said.push(text);
  const log = logBy(say);
  options = { http: new UndiciHttp(), log, apiUrl: `${standIn.url}/`, token: 'secret-token', secondMs: 1 };
  client = new GitHubClient(options);
});
/** Whatever a test does: requests and answers keep to GitHub's description. */
afterEach(() => expect(standIn.violations).toEqual([]));

const compare = () => client.compare(REPOSITORY, A, B);
const refusal = (status: number, message: string, headers: Record<string, string> = {}, more: object = {}): Answer => ({
  status,
  headers,
  body: { message, documentation_url: 'https://docs.github.com/rest', ...more },
});
async function failure(call: () => Promise<unknown>): Promise<HttpError> {
  const error = await call().then(
    () => undefined,
    (reason: HttpError) => reason,
  );
  if (error === undefined) throw new Error('It did not fail');
  expect(error.message).not.toContain('\n');
  expect(`${error.message} ${error.hint}`).not.toContain('secret-token');
  return error;
}

describe('comparing', () => {
  test.each(['ahead', 'behind', 'diverged', 'identical'] as const)('%s', async (status) => {
    standIn.comparisons.set(`${A}...${B}`, status);
    expect(await compare()).toBe(status);
  });

  test('a commit that GitHub does not know is no error', async () => {
    expect(await compare()).toBeUndefined();
  });

  test('names are encoded', async () => {
    standIn.comparisons.set('feature/x?y#z...v1+2', 'ahead');
    expect(await client.compare(REPOSITORY, 'feature/x?y#z', 'v1+2')).toBe('ahead');
    await expect(client.compare('acme/todo/../x', A, B)).rejects.toThrow('"acme/todo/../x" is not a repository');
    expect(standIn.calls).toHaveLength(1);
  });

  test('a renamed repository is followed, another host is not', async () => {
    standIn.comparisons.set(`${A}...${B}`, 'ahead');
    const moved = (location: string) => refusal(301, 'Moved Permanently', { location });
    standIn.next.push({ ...moved(`${standIn.url}/repos/acme/renamed/compare/${A}...${B}?per_page=1`), body: '' });
    expect(await compare()).toBe('ahead');
    expect(standIn.calls.at(-1)?.url).toBe(`/repos/acme/renamed/compare/${A}...${B}?per_page=1`);
    standIn.next.push({ ...moved('https://example.com/x'), body: '' });
    expect((await failure(compare)).message).toContain('refused (301)');
  });
});

describe('a status', () => {
  test('is one line of at most 140 characters, with a link', async () => {
    const status = { state: 'failure', context: 'todo-deploy: todo/todo', description: `Failed\n${'x'.repeat(200)}` } as const;
    await client.setStatus(REPOSITORY, A, { ...status, targetUrl: 'https://github.com/acme/todo/actions/runs/1' });
    const [{ sha, body } = { sha: '', body: {} }] = standIn.statuses;
    expect(sha).toBe(A);
    expect(body).toMatchObject({ state: 'failure', target_url: 'https://github.com/acme/todo/actions/runs/1' });
    expect([String(body.description).length, String(body.description).startsWith('Failed xxx')]).toEqual([140, true]);
  });
});

/** Answers that are final: one clear line, one request. */
describe('refused at once', () => {
  test.each<[Answer, string, string | undefined]>([
    [refusal(401, 'Bad credentials'), 'the token is not accepted (401: Bad credentials)', 'Is the input "github-token"'],
    [
      refusal(403, 'Resource not accessible by integration'),
      'the token may not do this (403: Resource not accessible by integration)',
      'the permission "statuses: write"',
    ],
    [
      refusal(403, 'Resource not accessible by integration', { 'x-accepted-github-permissions': 'statuses=write,contents=read; x=read' }),
      'the token may not do this',
      'the permission "statuses: write, contents: read"',
    ],
    [refusal(404, 'Not Found'), 'not found, or the token may not see it (404: Not Found)', 'the permission "statuses: write"'],
    [refusal(409, 'Git Repository is empty.'), 'a conflict (409: Git Repository is empty.)', undefined],
    [
      refusal(422, 'Validation Failed', {}, { errors: [{ resource: 'Status', code: 'custom', message: 'Too many statuses' }] }),
      'not accepted (422: Validation Failed: Too many statuses)',
      undefined,
    ],
    [
      { status: 201, body: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } },
      'the answer is not JSON (<html>Sign in</html>)',
      'Is GITHUB_API_URL',
    ],
  ])('%j', async (answer, message, hint) => {
    standIn.next.push(answer);
    const error = await failure(() => client.setStatus(REPOSITORY, A, { state: 'success', context: 'x', description: 'y' }));
    expect(error.message).toContain(`GitHub, setting the status of ${A} in acme/todo: ${message}`);
    if (hint === undefined) expect(error.hint).toBeUndefined();
    else expect(error.hint).toContain(hint);
    expect([standIn.calls.length, waited()]).toEqual([1, []]);
  });
});

describe('what passes is tried again', () => {
  test.each<[Answer, string]>([
    [refusal(500, 'Server Error'), 'GitHub has a problem (500: Server Error)'],
    [{ status: 502, body: '<html>Bad gateway</html>', headers: { 'content-type': 'text/html' } }, 'GitHub has a problem (502)'],
    [{ status: 200, cut: true }, 'the connection was closed before an answer came'],
  ])('%j', async (answer, message) => {
    standIn.comparisons.set(`${A}...${B}`, 'behind');
    standIn.next.push(answer, answer);
    expect(await compare()).toBe('behind');
    expect(said[0]).toContain(`GitHub, comparing ${A} and ${B} in acme/todo: ${message}: trying again in 1 s`);
    expect(standIn.calls).toHaveLength(3);
  });

  test('and not for ever', async () => {
    for (let i = 0; i < 20; i += 1) standIn.next.push(refusal(500, 'Server Error'));
    expect((await failure(compare)).message).toContain('GitHub has a problem (500: Server Error)');
    expect(standIn.calls).toHaveLength(5);
  });

  test('a server that is not there', async () => {
    const nowhere = new GitHubClient({ ...options, apiUrl: 'http://127.0.0.1:1' });
    expect((await failure(() => nowhere.compare(REPOSITORY, A, B))).message).toContain('connection refused');
  });
});

describe('rate limits', () => {
  const soon = (seconds: number) => String(Date.parse('2026-11-24T18:00:00Z') / 1000 + seconds);
  test.each<[string, Answer, string]>([
    ['Retry-After of 429', refusal(429, 'Too many requests', { 'retry-after': '7' }), '7 s'],
    ['Retry-After of the secondary limit', refusal(403, 'You have exceeded a secondary rate limit', { 'retry-after': '30' }), '30 s'],
    [
      'the reset of the primary limit',
      refusal(403, 'API rate limit exceeded', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': soon(20) }),
      '21 s',
    ],
    ['Retry-After of a service that is down', refusal(503, 'Unavailable', { 'retry-after': '5' }), '5 s'],
  ])('%s is waited for', async (_, answer, wait) => {
    standIn.comparisons.set(`${A}...${B}`, 'ahead');
    standIn.next.push(answer);
    expect([await compare(), waited()]).toEqual(['ahead', [wait]]);
  });

  test('one that ends in an hour is not: the line says until when', async () => {
    standIn.next.push(refusal(403, 'API rate limit exceeded', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': soon(3600) }));
    const error = await failure(compare);
    expect(error.message).toContain('the rate limit is used up (403: API rate limit exceeded); it asks to wait until 2026-11-24T19:00:01Z');
    expect([error.hint, waited(), standIn.calls.length]).toEqual([undefined, [], 1]);
  });
});

describe('cancelled', () => {
  const compareUntil = (signal: AbortSignal) => new GitHubClient({ ...options, secondMs: 40 }).compare(REPOSITORY, A, B, signal);
  const reason = new Error('cancelled by a person');

  test('before: nothing is sent', async () => {
    await expect(compareUntil(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(standIn.calls).toEqual([]);
  });

  test.each([
    ['for as long as GitHub asks', refusal(503, 'Unavailable', { 'retry-after': '30' })],
    ['for the end of a limit', refusal(403, 'You have exceeded a secondary rate limit', { 'retry-after': '30' })],
  ])('while it waits %s: at once, and nothing more is sent', async (_, answer) => {
    const cancel = new AbortController();
    const error = jest.fn<(error: unknown) => void>();
    standIn.next.push(answer);
    const call = compareUntil(cancel.signal).catch(error);
    while (said.length === 0) await setTimeout(5);
    cancel.abort(reason);
    // The wait itself takes 1.2 seconds.
    await Promise.race([call, setTimeout(600)]);
    expect(error).toHaveBeenCalledWith(reason);
    await setTimeout(1300);
    expect([waited(), standIn.calls.length]).toEqual([['30 s'], 1]);
  });
});
