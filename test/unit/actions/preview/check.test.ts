import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { checkUp, checkWaiting } from '../../../../src/actions/preview/check.ts';
import type { Task } from '../../../../src/actions/preview/task.ts';
import type { ActionContext } from '../../../../src/runtime/action.ts';
import { GitHubClient } from '../../../../src/tools/github/client.ts';
import { GitHubPullRequests } from '../../../../src/tools/github/pull-requests.ts';
import { UndiciHttp } from '../../../../src/tools/http.ts';
import { GitHubStandIn } from '../../../support/github/server.ts';
import { logBy } from '../../../support/log.ts';

const HEAD = 'a'.repeat(40);
const RUN = 'https://github.com/acme/todo/actions/runs/7';
let standIn: GitHubStandIn;
let said: string[];
let context: ActionContext;
let task: Task;
beforeAll(async () => {
  standIn = await GitHubStandIn.start();
});
afterAll(() => standIn.close());
beforeEach(() => {
  standIn.reset();
  said = [];
  const say = (line: string): void => void said.push(line);
  const log = logBy(say);
  const { signal } = new AbortController();
  const client = new GitHubClient({ http: new UndiciHttp(), log, apiUrl: standIn.url, token: 'ghs_x', secondMs: 1, patienceMs: 50 });
  context = { env: { runUrl: RUN }, log, signal } as unknown as ActionContext;
  task = { head: HEAD, pulls: new GitHubPullRequests(client, { repository: 'acme/todo', token: 'ghs_x', signal }) } as unknown as Task;
});
/** Whatever a test does: requests and answers keep to GitHub's description. */
afterEach(() => expect(standIn.violations).toEqual([]));

const checks = () => standIn.played.checks.map(({ name, conclusion }) => `${name}: ${conclusion}`);

test('one that waits is neutral, and green once it is up; one that never waited has no check', async () => {
  await checkUp(context, task, 'todo');
  expect(checks()).toEqual([]);
  await checkWaiting(context, task, 'todo', 'There are 10 previews already.');
  expect(standIn.played.checks).toMatchObject([{ head_sha: HEAD, output: { summary: 'There are 10 previews already.' } }]);
  await checkUp(context, task, 'api');
  await checkUp(context, { ...task, head: 'b'.repeat(40) }, 'todo');
  expect(checks()).toEqual(['preview of todo: neutral']);
  await checkUp(context, task, 'todo');
  await checkUp(context, task, 'todo');
  expect(checks()).toEqual(['preview of todo: neutral', 'preview of todo: success']);
});

test('a token that may not set checks is told in the log, and hinders nothing', async () => {
  standIn.next.push({ status: 403, body: { message: 'Resource not accessible by integration' } });
  await checkWaiting(context, task, 'todo', 'There are 10 previews already.');
  expect(said.join('\n')).toMatch(/^The check that says so was not set: .*checks: write/s);
});
