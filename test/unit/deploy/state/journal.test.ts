import { describe, expect, test } from '@jest/globals';
import {
  type Beginning,
  begin,
  emptyJournal,
  end,
  enter,
  healing,
  type Journal,
  JournalError,
  keep,
  prove,
  serve,
} from '../../../../src/deploy/state/journal.ts';
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

describe('journal', () => {
  test('a good deploy ends with its version in the history and nothing in flight', () => {
    const baking = through(prove(upToSmoke('blue')), 'switch', 'bake');
    const served = serve(baking, deployed('blue'));
    expect(served).toMatchObject({ active: 'blue', inFlight: { phase: 'finish' }, history: [{ version: 'v1' }] });
    expect(end(served)).toEqual({ schema: 1, release: 'todo', active: 'blue', history: [deployed('blue')] });
  });

  test.each<[string, () => Journal]>([
    ['a color that was not proved is not switched to', () => enter(upToSmoke('blue'), 'switch')],
    ['a color is proved by its checks only', () => prove(begin(emptyJournal('todo'), beginning('blue')))],
    ['a second deploy does not begin beside one in flight', () => begin(upToSmoke('blue'), beginning('green'))],
    ['the color that serves is not deployed over', () => begin({ ...emptyJournal('todo'), active: 'blue' }, beginning('blue'))],
    ['a switch is followed by its bake', () => serve(enter(prove(upToSmoke('blue')), 'switch'), deployed('blue'))],
    ['after a switch the way back begins with the switch back', () => enter(enter(prove(upToSmoke('blue')), 'switch'), 'take-back')],
    ['a deploy does not end in the middle', () => end(upToSmoke('blue'))],
    ['a color that was not proved is not kept', () => keep(upToSmoke('blue'))],
    ['the finish is not entered past `serve`', () => enter(through(prove(upToSmoke('blue')), 'switch', 'bake'), 'finish')],
  ])('%s', (_, act) => expect(act).toThrow(JournalError));

  test('a failure is kept until the next success', () => {
    const failure = { version: 'v2', at: '', reason: 'crash-loop', cause: 'it crashes', runUrl: '' };
    const failed = end(enter(upToSmoke('blue'), 'take-back'), failure);
    expect(failed.lastFailure).toEqual(failure);
    const served = serve(through(prove(upToSmoke('blue', undefined, failed)), 'switch', 'bake'), deployed('blue'));
    expect(served.lastFailure).toBeUndefined();
  });

  test('the history is bounded', () => {
    let journal = emptyJournal('todo');
    for (let n = 0; n < 30; n++) {
      const color: Color = n % 2 === 0 ? 'blue' : 'green';
      journal = end(serve(through(prove(upToSmoke(color, otherColor(color), journal)), 'switch', 'bake'), deployed(color, `v${n}`)));
    }
    expect(journal.history).toHaveLength(20);
    expect(journal.history[0]?.version).toBe('v29');
  });

  test.each<[Phase, Color | undefined, object]>([
    ['base', 'green', { kind: 'take-back', color: 'blue' }],
    ['smoke', 'green', { kind: 'take-back', color: 'blue' }],
    ['switch', 'green', { kind: 'switch-back', to: 'green', from: 'blue' }],
    ['bake', 'green', { kind: 'switch-back', to: 'green', from: 'blue' }],
    ['switch-back', 'green', { kind: 'switch-back', to: 'green', from: 'blue' }],
    ['bake', undefined, { kind: 'first-deploy', color: 'blue' }],
    ['take-back', 'green', { kind: 'take-back', color: 'blue' }],
    ['finish', 'green', { kind: 'finish', color: 'blue' }],
  ])('killed in %s with %s before: %j', (phase, previousColor, expected) => {
    const left = { ...beginning('blue', previousColor), phase, proved: true, services: [] };
    expect(healing({ ...emptyJournal('todo'), inFlight: left })).toEqual(expected);
  });

  test.each<[Phase, Color | undefined, object]>([
    ['smoke', 'green', { kind: 'take-back', color: 'blue' }],
    ['bake', 'green', { kind: 'switch-back', to: 'green', from: 'blue' }],
    ['bake', undefined, { kind: 'switch-back', to: undefined, from: 'blue' }],
  ])('failed in %s with %s before: %j', (phase, previousColor, expected) => {
    const left = { ...beginning('blue', previousColor), phase, proved: true, services: [] };
    expect(healing({ ...emptyJournal('todo'), inFlight: left }, 'failed')).toEqual(expected);
  });
});
