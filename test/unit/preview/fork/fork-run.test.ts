import { describe, expect, test } from '@jest/globals';
import { artifactOf, asksReviewers, baseOf, type ForkRun, pullRequestOf, readForkRun } from '../../../../src/preview/fork/index.ts';

const HEAD = 'a'.repeat(40);
const RUN: ForkRun = { id: 77, conclusion: 'success', head: HEAD, branch: 'eve:feature', headRepositoryId: 99, repositoryId: 42 };
const pull = (more: { number?: number; state?: string; head?: object; base?: object } = {}) => ({
  number: 7,
  state: 'open',
  labels: [],
  user: { login: 'eve' },
  ...more,
  head: { sha: HEAD, repo: { id: 99 }, ...more.head },
  base: { ref: 'main', repo: { id: 42 }, ...more.base },
});
const artifact = (more: object = {}) => ({ id: 5, size_in_bytes: 100, expired: false, workflow_run: { id: 77, head_sha: HEAD }, ...more });
const why = (value: unknown): unknown => (value as { why?: string }).why;

describe('the run', () => {
  const run = { id: 77, event: 'pull_request', conclusion: 'success', head_sha: HEAD, head_branch: 'feature' };
  const payload = (more: object = {}) => ({
    repository: { id: 42 },
    workflow_run: { ...run, head_repository: { id: 99, owner: { login: 'eve' } }, ...more },
  });
  test('as GitHub tells of it', () => expect(readForkRun(payload())).toEqual(RUN));
  test.each<[string, object]>([
    ['this repository’s own', { head_repository: { id: 42, owner: { login: 'acme' } } }],
    ['of a push', { event: 'push' }],
    ['of a short commit', { head_sha: 'abc' }],
    ['of no branch', { head_branch: null }],
    ['of an id that is none', { id: '77' }],
  ])('%s: nothing', (_, more) => expect(why(readForkRun(payload(more)))).toEqual(expect.any(String)));
});

describe('its pull request', () => {
  test('is at the commit, of the fork, in this repository', () => {
    expect(pullRequestOf(RUN, [pull()])).toMatchObject({ pullRequest: { key: { repositoryId: 42, number: 7 } }, base: 'main' });
  });
  test.each<[string, object]>([
    ['at another commit', { head: { sha: 'b'.repeat(40) } }],
    ['of another fork', { head: { repo: { id: 98 } } }],
    ['of no fork', { head: { repo: { id: 42 } } }],
    ['of another repository', { base: { repo: { id: 43 } } }],
    ['into no branch', { base: { ref: '-x' } }],
    ['without a state', { state: 'merged' }],
  ])('%s: it is not', (_, more) => expect(why(pullRequestOf(RUN, [pull(more)]))).toMatch(/no pull request/));
  test('one that is open goes before those that are closed; of these the newest', () => {
    const closed = pull({ number: 9, state: 'closed' });
    expect(pullRequestOf(RUN, [closed, pull()])).toMatchObject({ pullRequest: { key: { number: 7 } } });
    expect(pullRequestOf(RUN, [pull({ number: 3, state: 'closed' }), closed])).toMatchObject({ pullRequest: { key: { number: 9 } } });
  });
  test('two that are open: nobody could say which was approved', () => {
    expect(why(pullRequestOf(RUN, [pull(), pull({ number: 8 })]))).toMatch(/several/);
  });
});

test.each<[unknown, boolean]>([
  ['main', true],
  ['release/1.x', true],
  ['-force', false],
  ['a b', false],
  ['a\nb', false],
  ['', false],
  [7, false],
])('a base branch %j: %s', (ref, isBranch) => expect(baseOf({ base: { ref } })).toBe(isBranch ? ref : undefined));

describe('what it handed over', () => {
  test('one artifact, by its id', () => expect(artifactOf(RUN, [artifact()], 1000)).toBe(5));
  test.each<[string, unknown[], RegExp]>([
    ['none', [], /0 artifacts/],
    ['two', [artifact(), artifact({ id: 6 })], /2 artifacts/],
    ['of another run', [artifact({ workflow_run: { id: 78, head_sha: HEAD } })], /0 artifacts/],
    ['of another commit', [artifact({ workflow_run: { id: 77, head_sha: 'b' } })], /0 artifacts/],
    ['expired', [artifact({ expired: true })], /expired/],
    ['too big', [artifact({ size_in_bytes: 1001 })], /1001 bytes/],
    ['of no size', [artifact({ size_in_bytes: undefined })], /bytes/],
  ])('%s: not taken', (_, listed, words) => expect(why(artifactOf(RUN, listed, 1000))).toMatch(words));
});

test('who has to approve: somebody, by a rule of that kind', () => {
  const rule = { type: 'required_reviewers', reviewers: [{ type: 'User' }] };
  expect(asksReviewers([{ type: 'wait_timer' }, rule])).toBe(true);
  expect(asksReviewers([{ ...rule, reviewers: [] }])).toBe(false);
  expect(asksReviewers([{ ...rule, type: 'branch_policy' }])).toBe(false);
  expect(asksReviewers([])).toBe(false);
});
