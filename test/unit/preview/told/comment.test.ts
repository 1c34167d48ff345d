import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { markerOf, putComment } from '../../../../src/preview/told/index.ts';
import type { GitHubPullRequests } from '../../../../src/tools/github/pull-requests.ts';
import { pullsAt } from '../../../support/github/pulls.ts';
import { GitHubStandIn } from '../../../support/github/server.ts';
import { randomOf } from '../../../support/random.ts';

const KEY = { repositoryId: 4242, number: 7 };
const MARKER = markerOf(KEY, 'todo');

let standIn: GitHubStandIn;
let pulls: GitHubPullRequests;
beforeAll(async () => {
  standIn = await GitHubStandIn.start();
});
afterAll(() => standIn.close());
/** As each run has it: what one wrote does not slow the next one down. */
function connect(): void {
  pulls = pullsAt(standIn, { secondMs: 1, patienceMs: 3_000 });
}
beforeEach(() => {
  standIn.reset();
  connect();
});
/** Whatever a test does: requests and answers keep to GitHub's description. */
afterEach(() => expect(standIn.violations).toEqual([]));

const put = (body: string, known?: number) => putComment({ number: 7, marker: MARKER, body, known }, pulls);
const own = () => standIn.played.comments.filter(({ login }) => login === 'github-actions[bot]');

describe('one comment', () => {
  test('is created once, and edited in place among a thousand others', async () => {
    for (let n = 0; n < 500; n += 1) standIn.played.comment(7, 'ada', `${n}`);
    const id = await put('one');
    for (let n = 0; n < 500; n += 1) standIn.played.comment(7, 'ada', `${n}`);
    for (const body of ['two', 'three']) expect(await put(body)).toBe(id);
    expect(own()).toMatchObject([{ id, body: `${MARKER}\nthree` }]);
  });

  test('is not looked for where it is known: one call', async () => {
    const id = await put('one');
    standIn.calls.length = 0;
    expect(await put('two', id)).toBe(id);
    expect(standIn.calls).toHaveLength(1);
  });

  test('that somebody deleted is made anew', async () => {
    const id = await put('one');
    standIn.played.comments.length = 0;
    expect(await put('two', id)).not.toBe(id);
    expect(own()).toHaveLength(1);
  });

  test('a forged marker by somebody else is left alone', async () => {
    const { id } = standIn.played.comment(7, 'eve', `${MARKER}\nclick here`);
    const mine = await put('one');
    expect(mine).not.toBe(id);
    expect(standIn.played.comments.find((one) => one.id === id)?.body).toContain('click here');
  });

  test('a marker that is quoted in another comment of ours is none', async () => {
    standIn.played.comment(7, 'github-actions[bot]', `See:\n${MARKER}`);
    standIn.played.comment(7, 'github-actions[bot]', `${markerOf({ ...KEY, number: 70 }, 'todo')}\nother`);
    await put('one');
    expect(own().map(({ body }) => body.split('\n').at(-1))).toEqual([MARKER, 'other', 'one']);
  });

  test('whose answer is lost is found, not written twice', async () => {
    const post = standIn.played.comment(7, 'github-actions[bot]', 'x');
    standIn.played.comments.length = 0;
    const first = { status: 200, body: [], headers: { link: '' } };
    standIn.next.push(first, { status: 201, body: {}, cut: true });
    // It had arrived.
    const done = put('one');
    standIn.played.comments.push({ ...post, body: `${MARKER}\none` });
    expect(await done).toBe(post.id);
    expect(own()).toHaveLength(1);
  });

  test('that may not be written is an error, said once', async () => {
    standIn.next.push(
      { status: 200, body: [], headers: { link: '' } },
      { status: 403, body: { message: 'Resource not accessible by integration' } },
    );
    await expect(put('one')).rejects.toMatchObject({ status: 403 });
    expect(standIn.calls.map(({ method }) => method)).toEqual(['GET', 'POST']);
  });
});

test('500 pushes among 1,000 comments of others, some with a forged marker, some runs killed or cut off: one comment', async () => {
  const random = randomOf(Number.parseInt(process.env.SAMPLE_SEED ?? '', 36) || 7);
  const chance = (share: number): boolean => random() < share;
  /** What the namespace notes of the comment; a run that was killed notes nothing. */
  let known: number | undefined;
  let posts = 0;
  for (let push = 1; push <= 500; push += 1) {
    for (let others = 0; others < 2; others += 1) {
      const body = chance(0.05) ? `${MARKER}\nclick here` : `comment ${push}`;
      standIn.played.comment(7, chance(0.5) ? 'ada' : 'eve[bot]', body);
    }
    if (chance(0.01)) known = undefined;
    if (chance(0.1)) standIn.next.push({ status: 502, body: '<html>Bad gateway</html>', headers: { 'content-type': 'text/html' } });
    if (chance(0.05)) standIn.next.push({ status: 200, body: [], cut: true });
    connect();
    const id = await put(`push ${push}`, known);
    known = chance(0.98) ? id : undefined;
    posts += standIn.calls.filter(({ method }) => method === 'POST').length;
    standIn.calls.length = 0;
  }
  expect(own()).toMatchObject([{ id: known ?? expect.anything(), body: `${MARKER}\npush 500` }]);
  expect(posts).toBe(1);
  const forged = standIn.played.comments.filter(({ login, body }) => login !== 'github-actions[bot]' && body.startsWith(MARKER));
  expect(forged.length).toBeGreaterThan(10);
  expect(forged.every(({ body }) => body.endsWith('click here'))).toBe(true);
  // What a proxy put in GitHub's place is no answer of GitHub's.
  standIn.violations.length = 0;
}, 300_000);
