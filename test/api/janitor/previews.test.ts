import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { NAMESPACE } from '../../../src/deploy/kube/names.ts';
import { fewOf, type Report, sweepPreviews } from '../../../src/janitor/index.ts';
import type { Receipt } from '../../../src/preview/gone/index.ts';
import {
  momentText,
  namespaceName,
  type Preview,
  previewIn,
  previewLabels,
  previewNotes,
  readPullRequest,
} from '../../../src/preview/model/index.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { GitHubClient } from '../../../src/tools/github/client.ts';
import { GitHubPullRequests } from '../../../src/tools/github/pull-requests.ts';
import { UndiciHttp } from '../../../src/tools/http.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import type { Answer } from '../../support/github/answer.ts';
import { GitHubStandIn } from '../../support/github/server.ts';
import { randomOf } from '../../support/random.ts';
import { access } from '../support/api.ts';

const DAY = 86_400_000;
const REPOSITORY = 'acme/todo';
const log = (() => {
  const quiet = () => undefined;
  return {
    info: quiet,
    debug: quiet,
    notice: quiet,
    warning: quiet,
    error: quiet,
    group: <T>(_: string, body: () => Promise<T>) => body(),
  };
})();
const kubernetes = new KubernetesClient(access, { namespace: 'default' });
let standIn: GitHubStandIn;
/** Tests run beside others: whose previews these are tells them apart. */
let made: string[];

beforeAll(async () => {
  standIn = await GitHubStandIn.start();
});
beforeEach(() => {
  standIn.reset();
  made = [];
});
afterEach(async () => {
  expect(standIn.violations).toEqual([]);
  for (const name of made) await kubernetes.delete({ ...NAMESPACE, name });
});
afterAll(async () => {
  standIn.close();
  await kubernetes.close();
});

interface Played {
  number: number;
  repositoryId?: number;
  /** From now, ms. */
  expiresIn?: number;
  warnedIn?: number | undefined;
  name?: string;
  labels?: Record<string, string>;
}

async function preview({
  number,
  repositoryId = standIn.played.repositoryId,
  expiresIn = 5 * DAY,
  warnedIn,
  name,
  labels,
}: Played): Promise<string> {
  const key = { repositoryId, number };
  const notes = {
    expiresAt: momentText(Date.now() + expiresIn),
    expiresAfter: String((7 * DAY) / 1000),
    ...(warnedIn === undefined ? {} : { warnedAt: momentText(Date.now() + warnedIn) }),
  };
  const metadata = {
    name: name ?? namespaceName(key, `todo-${randomUUID().slice(0, 8)}`),
    labels: { ...previewLabels(key), ...labels },
    annotations: previewNotes(notes),
  };
  await kubernetes.create({ ...NAMESPACE, metadata });
  made.push(metadata.name);
  return metadata.name;
}

interface Wanted {
  cap?: number;
  dryRun?: boolean;
  /** What the clocks say, from now. */
  machine?: number;
  server?: number;
  /** Before one is taken down. */
  before?: (preview: Preview) => Promise<void>;
  choose?: (previews: readonly Preview[]) => readonly Preview[];
}

/** One pass by the product's own client of GitHub. The API server has no controller that ends namespaces: each is deleted by its UID, and that is it. */
async function pass({
  cap = 100,
  dryRun = false,
  machine = 0,
  server = 0,
  before,
  choose,
}: Wanted = {}): Promise<Report & { gone: string[] }> {
  const signal = new AbortController().signal;
  const client = new GitHubClient({ http: new UndiciHttp(), log, apiUrl: standIn.url, token: 'ghs_token', secondMs: 1, patienceMs: 50 });
  const pulls = new GitHubPullRequests(client, { repository: REPOSITORY, token: 'ghs_token', signal });
  const gone: string[] = [];
  // Nothing ends namespaces here: those of other tests stay for ever.
  const own: KubernetesClient = Object.create(kubernetes, {
    list: {
      value: async (...of: Parameters<KubernetesClient['list']>) => {
        const { items, ...rest } = await kubernetes.list(...of);
        return { ...rest, items: items.filter(({ metadata }) => made.includes(metadata.name)) };
      },
    },
  });
  const report = await sweepPreviews(
    {
      kubernetes: Object.assign(own, { get: kubernetes.get.bind(kubernetes) }),
      serverTime: async () => ((await kubernetes.serverTime()) ?? Number.NaN) + server,
      clock: { ...systemClock, now: () => Date.now() + machine },
      log,
      signal,
      repositoryId: standIn.played.repositoryId,
      pullRequest: async (number) => readPullRequest(await pulls.pullRequest(number)),
      tend: async () => undefined,
      takeDown: async ({ preview: wanted, why, isDue }): Promise<Receipt> => {
        await before?.(wanted);
        const receipt = { namespace: wanted.namespace, why, gone: [], left: [], unproved: [], ms: 0 };
        const live = await kubernetes.get({ ...NAMESPACE, name: wanted.namespace });
        const seen = live && previewIn(live);
        if (!seen || !isDue?.(seen)) return { ...receipt, status: 'kept' };
        await kubernetes.delete({ ...NAMESPACE, name: wanted.namespace }, { uid: wanted.uid });
        gone.push(wanted.namespace);
        return { ...receipt, status: 'gone' };
      },
    },
    { cap, dryRun, limitMs: 10_000, ...(choose && { choose }) },
  );
  return { ...report, gone };
}

const pull = (number: number, state: 'open' | 'closed'): void =>
  void standIn.played.pulls.set(number, { number, head: 'a'.repeat(40), state });

describe('a pass over previews', () => {
  test('takes those whose own pull request is closed, and those that are over; nothing beside them', async () => {
    pull(1, 'closed');
    pull(12, 'open');
    pull(121, 'closed');
    const closed = await preview({ number: 1 });
    const open = await preview({ number: 12 });
    const over = await preview({ number: 12, expiresIn: -2 * DAY, warnedIn: -3 * DAY });
    const unwarned = await preview({ number: 12, expiresIn: -2 * DAY });
    const unknown = await preview({ number: 7 });
    const others = await preview({ number: 1, repositoryId: 7 });
    const othersOver = await preview({ number: 1, repositoryId: 7, expiresIn: -2 * DAY, warnedIn: -3 * DAY });
    const planned = await pass({ dryRun: true });
    expect(planned.gone).toEqual([]);
    const { gone, removed, kept, stuck } = await pass();
    expect(removed).toEqual(planned.removed);
    expect(gone.sort()).toEqual([closed, over, othersOver].sort());
    expect(stuck).toEqual([]);
    const why = (name: string) => kept.find(({ what }) => what.includes(name))?.why;
    expect(why(open)).toBe('its pull request is open');
    expect(why(unwarned)).toBe('its pull request is open');
    expect(why(unknown)).toMatch(/^its pull request could not be asked for/);
    expect(why(others)).toMatch(/another repository’s/);
  });

  test('leaves alone whatever is not a preview by all of its marks', async () => {
    pull(1, 'closed');
    pull(12, 'closed');
    const marks: readonly Played[] = [
      { number: 1, labels: { 'todo-deploy.dev/preview-number': '' } },
      { number: 1, labels: { 'todo-deploy.dev/preview-number': '12' } },
      { number: 1, labels: { 'todo-deploy.dev/preview': '12' } },
      { number: 1, name: `production-${randomUUID().slice(0, 8)}` },
      { number: 1, name: `pr-12-todo-${randomUUID().slice(0, 8)}` },
    ];
    for (const one of marks) await preview(one);
    const { gone, kept, removed } = await pass({ machine: 99 * DAY, server: 99 * DAY });
    expect({ gone, removed }).toEqual({ gone: [], removed: [] });
    expect(kept).toHaveLength(marks.length);
  });

  test('one clock that is wrong ends nothing', async () => {
    pull(12, 'open');
    await preview({ number: 12, expiresIn: DAY, warnedIn: -DAY });
    for (const wrong of [{ machine: 99 * DAY }, { server: 99 * DAY }]) expect((await pass(wrong)).gone).toEqual([]);
    expect((await pass({ machine: 99 * DAY, server: 99 * DAY })).gone).toHaveLength(1);
  });

  test('what is used again between the list and the deletion stays', async () => {
    pull(12, 'open');
    const name = await preview({ number: 12, expiresIn: -2 * DAY, warnedIn: -3 * DAY });
    const annotations = previewNotes({ expiresAt: momentText(Date.now() + DAY) });
    const renew = async () => void (await kubernetes.patch({ ...NAMESPACE, name }, { metadata: { annotations } }, { type: 'merge' }));
    const { gone, kept } = await pass({ before: renew });
    expect(gone).toEqual([]);
    expect(kept).toEqual([{ what: expect.stringContaining(name), why: 'it was used meanwhile' }]);
  });

  test('no more than the cap', async () => {
    for (const number of [1, 2, 3]) {
      pull(number, 'closed');
      await preview({ number });
    }
    const first = await pass({ cap: 2 });
    expect(first.gone).toHaveLength(2);
    expect(first.kept.map(({ why }) => why)).toEqual(['waits for the next run: "cap" is reached']);
  });

  test('of a run for one pull request: a few of its repository, never its own, nor what is no preview', async () => {
    for (const number of [1, 2, 3, 12]) pull(number, 'closed');
    const [first, second, third] = [await preview({ number: 1 }), await preview({ number: 2 }), await preview({ number: 3 })];
    const own = await preview({ number: 12 });
    await preview({ number: 1, repositoryId: 7 });
    await preview({ number: 1, name: `production-${randomUUID().slice(0, 8)}` });
    const few = (most: number, turn = '') => ({
      choose: (previews: readonly Preview[]) =>
        fewOf(previews, { key: { repositoryId: standIn.played.repositoryId, number: 12 }, most, turn }),
    });
    const one = await pass(few(1));
    expect([one.gone.length, one.kept, one.stuck]).toEqual([1, [], []]);
    const rest = await pass(few(9));
    // What has begun to go is still there without a controller that ends it.
    expect([...new Set([...one.gone, ...rest.gone])].sort()).toEqual([first, second, third].sort());
    expect(await kubernetes.get({ ...NAMESPACE, name: own })).toBeDefined();
  });

  test('40 passes while GitHub lies, by the product’s own client: none that is open goes', async () => {
    const random = randomOf(Number.parseInt(process.env.SAMPLE_SEED ?? '', 36) || 7);
    const below = (limit: number): number => Math.floor(random() * limit);
    for (const number of [1, 12, 121]) {
      pull(number, 'open');
      await preview({ number });
    }
    pull(2, 'closed');
    const other = standIn.played.object(2);
    const message = { message: 'Something is wrong', documentation_url: 'https://docs.github.com/rest' };
    const lies: (() => Answer)[] = [
      () => ({ status: 500, body: message }),
      () => ({ status: 502, body: '<html>Bad gateway</html>', headers: { 'content-type': 'text/html' } }),
      () => ({ status: 200, body: '<html>Log in to the proxy</html>', headers: { 'content-type': 'text/html' } }),
      () => ({ status: 200, body: '' }),
      () => ({ status: 200, body: '[]' }),
      () => ({ status: 200, body: '{}' }),
      () => ({ status: 200, body: '{"state":"closed"}' }),
      () => ({ status: 200, body: JSON.stringify(other), cut: true }),
      () => ({ status: 200, body: other }),
      () => ({ status: 404, body: { ...message, status: '404' } }),
      () => ({ status: 429, body: message, headers: { 'retry-after': '1' } }),
      () => ({ status: 403, body: message, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' } }),
      () => ({ status: 301, body: JSON.stringify({ ...message, url: 'https://api.github.com/repositories/7/pulls/1' }) }),
    ];
    const gone: string[] = [];
    for (let count = 0; count < 40; count += 1) {
      for (let left = 1 + below(6); left > 0; left -= 1) standIn.next.push((lies[below(lies.length)] as () => Answer)());
      gone.push(...(await pass({ [below(2) === 0 ? 'machine' : 'server']: below(99) * DAY })).gone);
      standIn.next.length = 0;
    }
    expect(gone).toEqual([]);
  }, 300_000);
});
