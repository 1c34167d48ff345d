import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { NAMESPACE } from '../../../src/deploy/kube/names.ts';
import { fewOf } from '../../../src/janitor/index.ts';
import { momentText, type Preview, previewNotes, renewed } from '../../../src/preview/model/index.ts';
import { DAY, type Played, Stage, type Wanted } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
beforeEach(() => stage.standIn.reset());
afterEach(async () => {
  expect(stage.standIn.violations).toEqual([]);
  await stage.clear();
});
afterAll(() => stage.close());

const preview = (played: Played) => stage.preview(played);
const pass = (wanted?: Wanted) => stage.pass(wanted);
const pull = (number: number, state: 'open' | 'closed') => stage.pull(number, state);

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

  test('asks for visits before one goes whose time is over, and not where its pull request is closed', async () => {
    pull(1, 'closed');
    pull(12, 'open');
    const over = { expiresIn: -2 * DAY, warnedIn: -3 * DAY };
    const closed = [await preview({ number: 1 }), await preview({ number: 1, ...over })];
    const used = await preview({ number: 12, ...over });
    const asked: string[] = [];
    const visited = async (seen: Preview): Promise<Preview> => {
      asked.push(seen.namespace);
      if (seen.key.number === 1) throw new Error('nobody tells');
      return renewed(seen, Date.now());
    };
    const { gone, kept, stuck } = await pass({ visited });
    expect([gone.sort(), stuck, asked]).toEqual([closed.sort(), [], [used]]);
    expect(kept.map(({ why }) => why)).toEqual(['its pull request is open']);
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
    const renew = async () => void (await stage.kubernetes.patch({ ...NAMESPACE, name }, { metadata: { annotations } }, { type: 'merge' }));
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
        fewOf(previews, { key: { repositoryId: stage.standIn.played.repositoryId, number: 12 }, most, turn }),
    });
    const one = await pass(few(1));
    expect([one.gone.length, one.kept, one.stuck]).toEqual([1, [], []]);
    const rest = await pass(few(9));
    // What has begun to go is still there without a controller that ends it.
    expect([...new Set([...one.gone, ...rest.gone])].sort()).toEqual([first, second, third].sort());
    expect(await stage.kubernetes.get({ ...NAMESPACE, name: own })).toBeDefined();
  });
});
