import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { GitHubStandIn } from '../../support/github/server.ts';

/** The stand-in has to see what does not keep to the description, or the tests that rest on it prove nothing. */
let standIn: GitHubStandIn;
beforeAll(async () => {
  standIn = await GitHubStandIn.start();
});
afterAll(() => standIn.close());
beforeEach(() => standIn.reset());

const HEADERS = { accept: 'application/vnd.github+json', authorization: 'Bearer x', 'x-github-api-version': '2022-11-28' };
const STATUS = '/repos/acme/todo/statuses/abc';
const send = (path: string, init: RequestInit = {}) =>
  fetch(`${standIn.url}${path}`, { ...init, headers: { ...HEADERS, connection: 'close', ...(init.headers as object) } }).then((answer) =>
    answer.text(),
  );
const post = (body: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  send(STATUS, { method: 'POST', body: JSON.stringify(body), headers });

test.each<[string, () => Promise<unknown>, RegExp]>([
  ['a path', () => send('/repos/acme/todo/comparison/a...b'), /no such path and method/],
  ['a query parameter', () => send('/repos/acme/todo/compare/a...b?perpage=1'), /unknown query parameter perpage/],
  ['the type of one', () => send('/repos/acme/todo/compare/a...b?per_page=one'), /per_page must be integer/],
  ['a value', () => post({ state: 'succeeded' }), /body\/state must be equal to one of the allowed values/],
  ['a missing field', () => post({ context: 'x' }), /body must have required property 'state'/],
  ['an unknown field', () => post({ state: 'success', url: 'x' }), /must NOT have additional properties .*"url"/],
  ['a content type', () => post({ state: 'success' }, { 'content-type': 'text/plain' }), /content type "text\/plain"/],
  ['a header', () => send('/repos/acme/todo/compare/a...b', { headers: { authorization: 'token x' } }), /header authorization/],
])('%s that is not described is seen', async (_, call, problem) => {
  await call();
  expect(standIn.violations[0]).toMatch(problem);
});

test.each([
  [{ status: 200, body: { status: 'ahead' } }, /must have required property/],
  [{ status: 202, body: {} }, /has no such answer/],
  [{ status: 404, body: { message: 1 } }, /404: body\/message must be string/],
])('so is an answer: %j', async (answer, problem) => {
  standIn.next.push(answer);
  await send('/repos/acme/todo/compare/a...b');
  expect(standIn.violations[0]).toMatch(problem);
});
