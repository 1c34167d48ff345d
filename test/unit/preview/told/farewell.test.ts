import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { namespaceName, type Preview, previewIn, previewLabels, previewNotes } from '../../../../src/preview/model/index.ts';
import { markerOf, sayFarewell } from '../../../../src/preview/told/index.ts';
import type { GitHubPullRequests } from '../../../../src/tools/github/pull-requests.ts';
import { pullsAt } from '../../../support/github/pulls.ts';
import { GitHubStandIn } from '../../../support/github/server.ts';

const KEY = { repositoryId: 4242, number: 7 };
const said: string[] = [];
const none = () => undefined;
const warning = (text: string): void => void said.push(text);
const log = { info: none, debug: none, notice: none, warning, error: none, group: <T>(_: string, body: () => Promise<T>) => body() };
const signal = new AbortController().signal;

let standIn: GitHubStandIn;
let pulls: GitHubPullRequests;
beforeAll(async () => {
  standIn = await GitHubStandIn.start();
});
afterAll(() => standIn.close());
beforeEach(() => {
  standIn.reset();
  said.length = 0;
  pulls = pullsAt(standIn, { log, secondMs: 1, patienceMs: 3_000 });
});
/** Whatever a test does: requests and answers keep to GitHub's description. */
afterEach(() => expect(standIn.violations).toEqual([]));

function preview(notes: Parameters<typeof previewNotes>[0]): Preview {
  const metadata = {
    name: namespaceName(KEY, 'todo'),
    uid: 'u',
    labels: previewLabels(KEY),
    annotations: previewNotes({ release: 'todo', ...notes }),
  };
  const found = previewIn({ apiVersion: 'v1', kind: 'Namespace', metadata });
  if (!found) throw new Error('it is no preview');
  return found;
}
const deployed = async (): Promise<string> => {
  const id = await pulls.createDeployment({ sha: 'a'.repeat(40), environment: 'preview', description: 'pull request 7' });
  await pulls.setDeploymentStatus(id, { state: 'success', description: 'up' });
  return String(id);
};
const states = () => standIn.played.deployments.map(({ statuses }) => statuses.at(-1)?.state);
const say = (notes: Parameters<typeof previewNotes>[0]) =>
  sayFarewell(preview(notes), 'the pull request is closed', { place: undefined, pulls, log, signal });

test('before a preview goes, all deployments that may be active end, and its comment leads nowhere', async () => {
  const { id } = standIn.played.comment(7, 'github-actions[bot]', `${markerOf(KEY, 'todo')}\n✓ up at http://pr-7`);
  const [first, second] = [await deployed(), await deployed()];
  expect(await say({ head: 'a', deployments: `${first} ${second}`, comment: String(id) })).toBe(true);
  expect(states()).toEqual(['inactive', 'inactive']);
  expect(standIn.played.comments.map(({ body }) => body)).toEqual([
    `${markerOf(KEY, 'todo')}\n### Preview of \`todo\`: … going\n\nIt is taken down: the pull request is closed.`,
  ]);
});

test('a comment that nobody noted is found; none is written anew', async () => {
  standIn.played.comment(7, 'github-actions[bot]', `${markerOf(KEY, 'todo')}\n✓ up at http://pr-7`);
  await say({ head: 'a' });
  expect(standIn.played.comments[0]?.body).toContain('… going');
  standIn.played.comments.length = 0;
  await say({ head: 'a' });
  expect(standIn.played.comments).toEqual([]);
});

test('one that never came up was told nowhere: no call', async () => {
  expect(await say({})).toBe(false);
  expect(standIn.calls).toEqual([]);
});

test('what GitHub refuses is said, and the rest is done', async () => {
  const id = await deployed();
  standIn.next.push({
    status: 403,
    body: { message: 'Resource not accessible by integration', documentation_url: 'https://docs.github.com/rest' },
  });
  standIn.played.comment(7, 'github-actions[bot]', `${markerOf(KEY, 'todo')}\n✓ up`);
  expect(await say({ head: 'a', deployments: id })).toBe(false);
  expect(said[0]).toContain(`Deployment ${id} was not set inactive at GitHub`);
  expect(standIn.played.comments[0]?.body).toContain('… going');
});
