import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { desiredBy, desiredOf, type PreviewPolicy } from '../../../../src/preview/model/desired.ts';
import { type PullRequest, readPullRequest } from '../../../../src/preview/model/pull-request.ts';

const POLICY: PreviewPolicy = { label: undefined, drafts: 'asleep' };
const SHA = '0123456789abcdef0123456789abcdef01234567';
const payload = (more: object = {}, sender = 'ada') => ({
  action: 'opened',
  sender: { login: sender },
  pull_request: {
    number: 7,
    state: 'open',
    draft: false,
    merged: false,
    head: { sha: SHA, repo: { id: 42 } },
    base: { repo: { id: 42 } },
    user: { login: 'ada' },
    labels: [],
    ...more,
  },
});
const by = (more: object = {}, policy: Partial<PreviewPolicy> = {}, sender?: string) =>
  desiredBy({ name: 'pull_request', payload: payload(more, sender) }, { ...POLICY, ...policy });

const pullRequest = fc.record<PullRequest>({
  key: fc.constant({ repositoryId: 42, number: 7 }),
  isOpen: fc.boolean(),
  isMerged: fc.boolean(),
  isDraft: fc.boolean(),
  head: fc.constant(SHA),
  isFork: fc.boolean(),
  author: fc.constantFrom('ada', 'dependabot[bot]'),
  labels: fc.array(fc.constantFrom('preview', 'Preview', 'bug')),
});
const policy = fc.record<PreviewPolicy>({
  label: fc.constantFrom(undefined, 'preview'),
  drafts: fc.constantFrom('asleep', 'up', 'off'),
});

describe('what a pull request asks for', () => {
  test.each<[string, object, Partial<PreviewPolicy>, string]>([
    ['open', {}, {}, 'up'],
    ['closed', { state: 'closed' }, {}, 'down'],
    ['merged', { state: 'closed', merged: true }, {}, 'down'],
    ['a draft', { draft: true }, {}, 'asleep'],
    ['a draft, to be up', { draft: true }, { drafts: 'up' }, 'up'],
    ['a draft, to have none', { draft: true }, { drafts: 'off' }, 'down'],
    ['labelled', { labels: [{ name: 'Preview' }] }, { label: 'preview' }, 'up'],
    ['without the label', { labels: [{ name: 'previews' }] }, { label: 'preview' }, 'down'],
    ['a closed draft', { draft: true, state: 'closed' }, { drafts: 'up' }, 'down'],
    ['of a fork', { head: { sha: SHA, repo: { id: 43 } } }, {}, 'nothing'],
    ['of a fork that is gone', { head: { sha: SHA, repo: null } }, {}, 'nothing'],
    ['of a fork, closed', { state: 'closed', head: { sha: SHA, repo: null } }, {}, 'nothing'],
    ['of Dependabot', { user: { login: 'dependabot[bot]' } }, {}, 'nothing'],
  ])('%s: %j', (_, more, other, want) => expect(by(more, other).want).toBe(want));

  test('Dependabot’s own runs have no secrets, whatever they are about', () =>
    expect(by({ state: 'closed' }, {}, 'dependabot[bot]').want).toBe('nothing'));

  test.each(['merge_group', 'push', 'pull_request_target', 'workflow_run', 'schedule', ''])('%p: nothing', (name) =>
    expect(desiredBy({ name, payload: payload() }, POLICY).want).toBe('nothing'),
  );

  test('says why', () => {
    expect(by({ state: 'closed', merged: true }).why).toBe('the pull request is merged');
    expect(by({}, { label: 'preview' }).why).toBe('the pull request has not the label "preview"');
  });

  test('closed is down, open is never down without a policy that says so, a fork is never up', () => {
    fc.assert(
      fc.property(pullRequest, policy, (of, rules) => {
        const { want, why } = desiredOf(of, rules);
        expect(why).toMatch(/^the pull request /);
        if (!of.isOpen) return expect(want).toBe('down');
        if (of.isFork || of.author === 'dependabot[bot]') expect(['up', 'asleep']).not.toContain(want);
        if (want === 'down') expect(rules.label !== undefined || (of.isDraft && rules.drafts === 'off')).toBe(true);
        return undefined;
      }),
    );
  });

  test('what the event did before does not count: the same state asks for the same', () => {
    for (const action of ['opened', 'synchronize', 'labeled', 'unlabeled', 'closed', 'reopened', 'converted_to_draft', 'edited'])
      expect(desiredBy({ name: 'pull_request', payload: { ...payload(), action } }, POLICY).want).toBe('up');
  });
});

describe('a pull request is read strictly', () => {
  const read = (more: object) => readPullRequest({ ...payload().pull_request, ...more });
  test.each<[string, object]>([
    ['no state', { state: undefined }],
    ['another state', { state: 'merged' }],
    ['a number as text', { number: '7' }],
    ['no number', { number: 0 }],
    ['no repository', { base: { repo: null } }],
    ['a head that is no commit', { head: { sha: 'main', repo: { id: 42 } } }],
    ['no labels', { labels: undefined }],
  ])('%s: not read', (_, more) => expect(read(more)).toBeUndefined());
  test.each([undefined, null, '', '<html>', [], {}, 7])('%p is none', (value) => expect(readPullRequest(value)).toBeUndefined());
  test('the key is the base’s repository and the number', () =>
    expect(read({ head: { sha: SHA, repo: { id: 43 } } })?.key).toEqual({ repositoryId: 42, number: 7 }));
  test('merged is told by a list’s "merged_at", too', () =>
    expect(read({ merged: undefined, merged_at: '2026-01-01T00:00:00Z' })?.isMerged).toBe(true));
});
