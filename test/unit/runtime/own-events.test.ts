import { expect, test } from '@jest/globals';
import { isOwnEvent } from '../../../src/runtime/own-events.ts';

const pull = (full_name: string | undefined) => ({ pull_request: { head: { repo: full_name === undefined ? null : { full_name } } } });

test.each(['push', 'schedule', 'workflow_dispatch', 'repository_dispatch', 'release', 'merge_group'])(
  '%s is of the repository’s own people',
  (name) => {
    expect(isOwnEvent(name, {}, 'acme/shop')).toBe(true);
  },
);

test.each([
  'workflow_run',
  'issue_comment',
  'pull_request_target',
  'pull_request_review',
  'pull_request_review_comment',
  'pull_request_comment',
  'check_run',
  'check_suite',
  'status',
  'issues',
  'discussion',
  'fork',
  'watch',
  'an_event_of_tomorrow',
])('%s is not, whoever is behind it', (name) => {
  expect(isOwnEvent(name, {}, 'acme/shop')).toBe(false);
  expect(isOwnEvent(name, pull('acme/shop'), 'acme/shop')).toBe(false);
});

test('a pull request is if its branch is in this repository', () => {
  expect(isOwnEvent('pull_request', pull('acme/shop'), 'acme/shop')).toBe(true);
  expect(isOwnEvent('pull_request', pull('stranger/shop'), 'acme/shop')).toBe(false);
  // The fork was deleted, or the event is not there to be read.
  expect(isOwnEvent('pull_request', pull(undefined), 'acme/shop')).toBe(false);
  expect(isOwnEvent('pull_request', {}, 'acme/shop')).toBe(false);
});

test('outside of GitHub it is its user’s own machine', () => {
  expect(isOwnEvent('', {}, 'local/local')).toBe(true);
});
