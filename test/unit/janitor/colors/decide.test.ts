import { describe, expect, test } from '@jest/globals';
import type { Deployed, InFlight, Journal } from '../../../../src/deploy/state/model.ts';
import { type ColorFacts, decideColor } from '../../../../src/janitor/colors/decide.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2027-03-01T00:00:00Z');
const entry = (color: 'blue' | 'green', at: string): Deployed => ({ version: 'v1', color, at }) as Deployed;
const journal: Journal = {
  schema: 1,
  release: 'todo',
  active: 'green',
  history: [entry('green', '2027-01-01T00:00:00Z'), entry('blue', '2026-12-01T00:00:00Z')],
};
const facts: ColorFacts = { journal, holder: undefined, services: [{ name: 'todo', color: 'green' }], colors: ['blue', 'green'] };
const decide = (more: Partial<ColorFacts> = {}, clocks: readonly number[] = [NOW, NOW + 1000]) =>
  decideColor({ ...facts, ...more }, { idleForMs: 14 * DAY, clocks });

describe('an idle color', () => {
  test('goes once the other one has served for long', () => {
    expect(decide()).toEqual({ color: 'blue', why: 'blue is idle since 2027-01-01T00:00:00Z' });
    expect(decide({ services: [] }).color).toBe('blue');
  });

  test.each<[string, ReturnType<typeof decide>, RegExp]>([
    ['somebody holds the lease', decide({ holder: 'acme/todo, run 7' }), /lease is held by acme/],
    ['a deploy is in flight', decide({ journal: { ...journal, inFlight: { version: 'v2' } as InFlight } }), /v2 is in flight/],
    [
      'a Service selects it',
      decide({
        services: [
          { name: 'todo', color: 'green' },
          { name: 'api', color: 'blue' },
        ],
      }),
      /Service api selects blue/,
    ],
    ['nobody knows which one serves', decide({ journal: { ...journal, active: undefined } }), /which color serves/],
    ['the journal cannot be read', decide({ journal: undefined }), /cannot be read/],
    ['the newest entry is of the other color', decide({ journal: { ...journal, history: journal.history.toReversed() } }), /since when/],
    ['there is no history', decide({ journal: { ...journal, history: [] } }), /since when/],
    ['its time is no time', decide({ journal: { ...journal, history: [entry('green', 'yesterday')] } }), /since when/],
    ['it is not long enough', decide({}, [NOW - 50 * DAY]), /long enough/],
    ['one clock says that it is not', decide({}, [NOW, NOW - 50 * DAY]), /long enough/],
    ['no clock is known', decide({}, []), /long enough/],
    [
      'a deploy failed in it lately: people may look at it',
      decide({ journal: { ...journal, lastFailure: { version: 'v3', at: '2027-02-27T00:00:00Z', reason: 'x', cause: 'x', runUrl: '' } } }),
      /long enough/,
    ],
  ])('stays: %s', (_, decision, why) => {
    expect(decision.color).toBeUndefined();
    expect(decision.why).toMatch(why);
  });

  test('that is not there is nothing to speak of', () => {
    expect(decide({ colors: ['green'] })).toEqual({});
    expect(decide({ colors: [] })).toEqual({});
  });
});
