import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { reviewersOf } from '../../../../src/preview/fork/index.ts';
import { type Approval, approvalText, endApproval, markerOf, sayApproval } from '../../../../src/preview/told/index.ts';
import type { GitHubPullRequests } from '../../../../src/tools/github/pull-requests.ts';
import { pullsAt } from '../../../support/github/pulls.ts';
import { GitHubStandIn } from '../../../support/github/server.ts';

const KEY = { repositoryId: 4242, number: 7 };
const OURS = 'github-actions[bot]';
const APPROVAL: Approval = {
  key: KEY,
  release: 'todo',
  head: 'a'.repeat(40),
  environment: 'preview-fork',
  reviewers: ['ada', 'team core'],
  runUrl: 'https://github.com/acme/todo/actions/runs/7',
};

let standIn: GitHubStandIn;
let pulls: GitHubPullRequests;
beforeAll(async () => {
  standIn = await GitHubStandIn.start();
});
afterAll(() => standIn.close());
beforeEach(() => {
  standIn.reset();
  standIn.played.pulls.set(7, { number: 7, head: APPROVAL.head });
  pulls = pullsAt(standIn);
});
afterEach(() => expect(standIn.violations).toEqual([]));
const bodies = () => standIn.played.comments.map(({ body }) => body);

describe('a commit of a fork that waits', () => {
  test('which one, who lets it through, and where', () => {
    expect(approvalText(APPROVAL)).toBe(
      '**Commit `aaaaaaa` of a fork waits for an approval.** A reviewer of the environment `preview-fork` (`ada`, `team core`) lets it ' +
        'through, or turns it down, with *Review deployments* on [the page of the run](https://github.com/acme/todo/actions/runs/7). ' +
        'Until then nothing of it is deployed.',
    );
    expect(approvalText({ ...APPROVAL, environment: 'a`](x)' })).toContain('`a](x)`');
  });

  test('the comment of another, and one that looks like ours, stay as they are', async () => {
    standIn.played.comment(7, 'eve', `${markerOf(KEY, 'todo')}\nmine`);
    standIn.played.comment(7, OURS, `${markerOf(KEY, 'other')}\nup`);
    await sayApproval(APPROVAL, pulls);
    expect(bodies().slice(0, 2)).toEqual([`${markerOf(KEY, 'todo')}\nmine`, `${markerOf(KEY, 'other')}\nup`]);
    expect(bodies()).toHaveLength(3);
  });

  test('when the pull request is over nobody has to approve it', async () => {
    expect(await endApproval(KEY, 'the pull request is closed', pulls)).toBe(0);
    await sayApproval(APPROVAL, pulls);
    expect(await endApproval(KEY, 'the pull request is closed', pulls)).toBe(1);
    expect(bodies()[0]).toContain('Nobody has to approve it any more: the pull request is closed.');
    expect(bodies()[0]).toContain('### Preview of `todo`: none\n');
    expect(bodies()[0]).not.toContain('waits for an approval');
  });
});

test('who reviews: users and teams, whatever else GitHub says', () => {
  const user = { type: 'User', reviewer: { login: 'ada' } };
  const team = { type: 'Team', reviewer: { name: 'Core', slug: 'core' } };
  const rules = [{ type: 'wait_timer' }, null, { type: 'required_reviewers', reviewers: [user, team, {}] }];
  expect(reviewersOf(rules)).toEqual(['ada', 'team core']);
});
