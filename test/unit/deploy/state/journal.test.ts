import { describe, expect, test } from '@jest/globals';
import {
  type Beginning,
  begin,
  emptyJournal,
  end,
  enter,
  follow,
  JournalError,
  keep,
  prove,
  serve,
} from '../../../../src/deploy/state/journal.ts';
import type { Journal } from '../../../../src/deploy/state/model.ts';
import type { Phase } from '../../../../src/deploy/state/timeline.ts';
import { type Color, otherColor } from '../../../../src/split/model.ts';
import { entry } from '../rollback/helpers.ts';

const beginning = (color: Color, previousColor?: Color): Beginning => ({
  holder: 'acme/todo/1/1/deploy/x',
  runUrl: 'https://example.com/run',
  actor: 'ada',
  startedAt: '2026-01-01T00:00:00Z',
  version: 'v1',
  color,
  ...(previousColor ? { previousColor } : {}),
  keepOld: 'zero',
  partHash: 'p',
  baseHash: 'b',
});
const deployed = (color: Color, version = 'v1') => entry(version, color);
const through = (journal: Journal, ...phases: Phase[]) => phases.reduce((now, phase) => enter(now, phase), journal);
const upToSmoke = (color: Color, previous?: Color, journal = emptyJournal('todo')) =>
  through(begin(journal, beginning(color, previous)), 'color', 'ready', 'smoke');
const proved = (color: Color) => prove(upToSmoke(color), deployed(color));

describe('journal', () => {
  test('a good deploy ends with its version in the history and nothing in flight', () => {
    const baking = through(proved('blue'), 'switch', 'bake');
    const served = serve(baking, '2026-01-02T00:00:00Z');
    expect(served).toMatchObject({ active: 'blue', inFlight: { phase: 'finish' }, history: [{ version: 'v1' }] });
    expect(end(served)).toEqual({ schema: 1, release: 'todo', active: 'blue', history: [deployed('blue')] });
  });

  test.each<[string, () => Journal]>([
    ['a color that was not proved is not switched to', () => enter(upToSmoke('blue'), 'switch')],
    ['a color is proved by its checks only', () => prove(begin(emptyJournal('todo'), beginning('blue')), deployed('blue'))],
    ['a second deploy does not begin beside one in flight', () => begin(upToSmoke('blue'), beginning('green'))],
    ['the color that serves is not deployed over', () => begin({ ...emptyJournal('todo'), active: 'blue' }, beginning('blue'))],
    ['a switch is followed by its bake', () => serve(enter(proved('blue'), 'switch'), '')],
    ['after a switch the way back begins with the switch back', () => enter(enter(proved('blue'), 'switch'), 'take-back')],
    ['a deploy does not end in the middle', () => end(upToSmoke('blue'))],
    ['a color that was not proved is not kept', () => keep(upToSmoke('blue'), '')],
    ['the finish is not entered past `serve`', () => enter(through(proved('blue'), 'switch', 'bake'), 'finish')],
  ])('%s', (_, act) => expect(act).toThrow(JournalError));

  test('what is kept by healing enters the history, and is finished like any other', () => {
    const kept = keep(through(proved('blue'), 'switch'), '2026-01-03T00:00:00Z');
    expect(kept).toMatchObject({ active: 'blue', inFlight: { phase: 'finish' }, history: [{ version: 'v1', at: '2026-01-03T00:00:00Z' }] });
    expect(end(kept).inFlight).toBeUndefined();
  });

  test('users who were put back by hand are a rollback, which the base has not followed', () => {
    const journal = {
      ...emptyJournal('todo'),
      active: 'green' as const,
      history: [entry('v2', 'green', { baseHash: 'b2', baseRevision: 7 }), entry('v1', 'blue')],
    };
    const followed = follow(journal, { color: 'blue', partHash: 'part of v1', at: '2026-01-03T00:00:00Z' });
    expect(followed.active).toBe('blue');
    expect(followed.history.map(({ version }) => version)).toEqual(['v1', 'v2', 'v1']);
    expect(followed.history[0]).toMatchObject({ baseHash: 'b2', baseRevision: 7, rollback: { from: 'v2', fromHash: 'part of v2' } });
    // Nothing is said of a version that never served.
    expect(follow(journal, { color: 'blue', partHash: 'other', at: '' }).history).toEqual(journal.history);
  });

  test('a failure is kept until the next success', () => {
    const failure = { version: 'v2', at: '', reason: 'crash-loop', cause: 'it crashes', runUrl: '' };
    const failed = end(enter(upToSmoke('blue'), 'take-back'), failure);
    expect(failed.lastFailure).toEqual(failure);
    const served = serve(through(prove(upToSmoke('blue', undefined, failed), deployed('blue')), 'switch', 'bake'), '');
    expect(served.lastFailure).toBeUndefined();
  });

  test('the history is bounded', () => {
    let journal = emptyJournal('todo');
    for (let n = 0; n < 30; n++) {
      const color: Color = n % 2 === 0 ? 'blue' : 'green';
      const baking = through(prove(upToSmoke(color, otherColor(color), journal), deployed(color, `v${n}`)), 'switch', 'bake');
      journal = end(serve(baking, ''));
    }
    expect(journal.history).toHaveLength(20);
    expect(journal.history[0]?.version).toBe('v29');
  });
});
