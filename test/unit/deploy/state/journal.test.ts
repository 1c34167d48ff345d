import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
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

/** A cluster as far as the invariants see it: what the Services select, what runs, what was proved. */
interface World {
  journal: Journal;
  selects: Color | undefined;
  /** Good pods of a color are up. */
  up: Record<Color, boolean>;
  proved: Record<Color, boolean>;
}

type Event = 'step' | 'fail' | 'kill';

/** One deploy by the journal's rules and the order of src/deploy/deploy.ts, ended early by a failure or a kill before step `at`. */
function deployOnce(world: World, good: boolean, event: Event, at: number): 'served' | 'went back' | 'killed' {
  const active = world.journal.active;
  const color: Color = active ? otherColor(active) : 'blue';
  const steps: (() => void)[] = [
    () => {
      world.journal = begin(world.journal, beginning(color, active));
    },
    () => {
      world.journal = enter(world.journal, 'color');
      world.proved[color] = false;
      world.up[color] = good;
    },
    () => {
      world.journal = enter(world.journal, 'ready');
      if (!world.up[color]) throw new Error('not ready');
    },
    () => {
      world.journal = prove(enter(world.journal, 'smoke'));
      world.proved[color] = true;
    },
    () => {
      world.journal = enter(world.journal, 'switch');
    },
    () => {
      world.selects = color;
    },
    () => {
      world.journal = enter(world.journal, 'bake');
    },
    () => {
      world.journal = serve(world.journal, deployed(color));
    },
    () => {
      if (active) world.up[active] = false;
      world.journal = end(world.journal);
    },
  ];
  for (const [index, act] of steps.entries()) {
    if (index === at && event === 'kill') return 'killed';
    // Past `serve` nothing is taken back.
    if (index === at && event === 'fail' && index > 0 && index < 8) return goBack(world);
    try {
      act();
    } catch {
      return goBack(world);
    }
    check(world);
  }
  return 'served';
}

function goBack(world: World): 'went back' {
  const left = world.journal.inFlight;
  if (left?.phase === 'switch' || left?.phase === 'bake') switchBack(world);
  if (left) takeBack(world);
  return 'went back';
}

function switchBack(world: World): void {
  world.selects = world.journal.inFlight?.previousColor;
  world.journal = enter(world.journal, 'switch-back');
}

function takeBack(world: World): void {
  const left = world.journal.inFlight;
  world.journal = enter(world.journal, 'take-back');
  if (left?.previousColor) world.up[left.color] = false;
  world.journal = end(world.journal);
  check(world);
}

function heal(world: World): void {
  const what = healing(world.journal);
  const left = world.journal.inFlight;
  if (!what || !left) return;
  if (what.kind === 'finish') {
    if (left.previousColor) world.up[left.previousColor] = false;
    world.journal = end(world.journal);
  } else if (what.kind === 'first-deploy') {
    world.selects = what.color;
    world.journal = keep(world.journal);
  } else {
    if (what.kind === 'switch-back') switchBack(world);
    takeBack(world);
  }
  check(world);
}

function check({ selects, up, proved }: World): void {
  if (selects === undefined) return;
  // (a) and (b): whatever a Service selects has passed, and is up.
  expect({ selects, proved: proved[selects], up: up[selects] }).toEqual({ selects, proved: true, up: true });
}

test('whatever fails or is killed at whatever point, users are on a color that passed and is up', () => {
  const event = fc.record({ good: fc.boolean(), event: fc.constantFrom<Event>('step', 'fail', 'kill'), at: fc.nat({ max: 9 }) });
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 12 }), (events) => {
      const world: World = {
        journal: emptyJournal('todo'),
        selects: undefined,
        up: { blue: false, green: false },
        proved: { blue: false, green: false },
      };
      let served = false;
      for (const one of events) {
        heal(world);
        const before = world.selects;
        const result = deployOnce(world, one.good, one.event, one.at);
        served ||= result === 'served';
        // (d): a run that went back left users where they were; one that served moved them.
        if (result === 'went back') expect(world.selects).toBe(before);
        if (result === 'served') expect(world.selects).toBe(world.journal.active);
        // Once anything has served, something always does.
        if (served) expect(world.selects).toBeDefined();
      }
      heal(world);
      expect(world.journal.inFlight).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});
