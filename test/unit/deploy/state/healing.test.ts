import { describe, expect, test } from '@jest/globals';
import { type Facts, healing, type StackFacts } from '../../../../src/deploy/state/healing.ts';
import { emptyJournal } from '../../../../src/deploy/state/journal.ts';
import type { InFlight, ServiceMove } from '../../../../src/deploy/state/model.ts';
import type { Phase } from '../../../../src/deploy/state/timeline.ts';
import type { Color } from '../../../../src/split/model.ts';

const on = (color: Color) => ({ app: 'web', color });
const move = (name: string, from: ServiceMove['from'] = on('green')): ServiceMove => ({ name, from, to: on('blue') });

/** A deploy to blue. */
const left = (phase: Phase, more: Partial<InFlight> = {}): InFlight => ({
  holder: 'acme/todo/1/1/deploy/x',
  runUrl: 'https://example.com/run',
  actor: 'ada',
  startedAt: '2026-01-01T00:00:00Z',
  version: 'v2',
  color: 'blue',
  previousColor: 'green',
  phase,
  proved: true,
  services: [move('web')],
  keepOld: 'zero',
  partHash: 'p',
  baseHash: 'b',
  ...more,
});

type Lives = StackFacts['workloads'];
/** What serves (`blue`, `green`: ready pods), and who selects what. */
function facts({
  green = 'up',
  blue = 'up',
  selects = 'blue',
  tried,
}: {
  green?: Lives;
  blue?: Lives;
  selects?: Color;
  tried?: boolean;
} = {}) {
  const ready = { from: green === 'up' ? 2 : 0, to: blue === 'up' ? 2 : 0 };
  const stack = (workloads: Lives, color: Color): StackFacts => ({ workloads, selectedBy: selects === color ? ['web'] : [] });
  const found: Facts = {
    services: [{ name: 'web', exists: true, selector: on(selects), ready }],
    colors: { blue: stack(blue, 'blue'), green: stack(green, 'green') },
    tried,
  };
  return found;
}

const decide = (inFlight: InFlight, seen: Facts | undefined, ended?: 'failed' | 'killed') =>
  healing({ ...emptyJournal('todo'), inFlight }, seen, ended);
const BACK = { kind: 'switch-back', to: 'green', from: 'blue' };
const first: Partial<InFlight> = { previousColor: undefined, services: [move('web', null)] };

describe('what to do with a deploy that was killed', () => {
  test.each<[Phase, object]>([
    ['base', { kind: 'take-back', color: 'blue' }],
    ['smoke', { kind: 'take-back', color: 'blue' }],
    ['switch', BACK],
    ['bake', BACK],
    ['switch-back', BACK],
    ['take-back', { kind: 'take-back', color: 'blue' }],
    ['finish', { kind: 'finish', color: 'blue' }],
  ])('in %s, everything as the journal left it: %j', (phase, expected) => {
    expect(decide(left(phase), undefined)).toEqual(expected);
    expect(decide(left(phase), facts())).toEqual(expected);
  });

  test.each<[Lives, string]>([
    ['unready', 'wait'],
    ['zero', 'scale'],
    ['gone', 'apply'],
  ])('the old color is %s: %s first', (green, how) => {
    expect(decide(left('bake'), facts({ green }))).toEqual({ ...BACK, first: how });
  });

  test('in vain: the new color serves, if it passed and was not being left', () => {
    const seen = facts({ green: 'unready', tried: true });
    expect(decide(left('bake'), seen)).toEqual({ kind: 'keep', color: 'blue' });
    expect(decide(left('switch-back'), seen)).toEqual(BACK);
    expect(decide(left('bake'), facts({ green: 'unready', blue: 'unready', tried: true }))).toEqual(BACK);
  });

  test('a Service that was added needs nothing behind it', () => {
    const services = [move('web'), move('added', null)];
    const seen = facts();
    const added = { name: 'added', exists: true, selector: null, ready: { from: 0, to: 2 } };
    expect(decide(left('bake', { services }), { ...seen, services: [...seen.services, added] })).toEqual(BACK);
  });

  test('a first deploy: what passed serves, what failed or is gone does not', () => {
    expect(decide(left('bake', first), facts())).toEqual({ kind: 'keep', color: 'blue' });
    expect(decide(left('bake', first), facts({ blue: 'gone' }))).toEqual({ ...BACK, to: undefined });
    expect(decide(left('switch-back', first), facts())).toEqual({ ...BACK, to: undefined });
  });

  test('an app that was taken over goes back to its plain workloads', () => {
    const plain = { version: 'Helm revision 3', others: [], revision: 1, workloads: [], services: [] };
    expect(decide(left('bake', { previousColor: undefined, plain }), facts())).toEqual({ ...BACK, to: 'plain' });
  });

  test('while it was finished, users were put back by hand: they stay there', () => {
    expect(decide(left('finish'), facts({ selects: 'green' }))).toEqual({ kind: 'follow', color: 'green' });
    expect(decide(left('finish'), facts({ selects: 'green', green: 'zero' }))).toEqual({ kind: 'finish', color: 'blue' });
  });
});

describe('what a run that failed does itself', () => {
  test.each<[Phase, Partial<InFlight>, object]>([
    ['smoke', {}, { kind: 'take-back', color: 'blue' }],
    ['bake', {}, BACK],
    ['bake', first, { ...BACK, to: undefined }],
  ])('in %s (%j): %j', (phase, more, expected) => {
    expect(decide(left(phase, more), undefined, 'failed')).toEqual(expected);
    expect(decide(left(phase, more), facts({ green: 'unready' }), 'failed')).toEqual(expected);
  });
});
