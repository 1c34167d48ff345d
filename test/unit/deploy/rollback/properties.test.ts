import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { candidatesOf } from '../../../../src/deploy/rollback/candidates.ts';
import { chooseTarget } from '../../../../src/deploy/rollback/target.ts';
import type { Deployed } from '../../../../src/deploy/state/model.ts';
import { otherColor } from '../../../../src/split/model.ts';
import { entry, recorded } from './helpers.ts';

const look = (history: readonly Deployed[]) => {
  const serving = history[0];
  return { serving, candidates: candidatesOf({ history, serving, colors: { blue: recorded, green: recorded } }) };
};
const add = (history: readonly Deployed[], version: string, more: Partial<Deployed> = {}): Deployed[] => {
  const color = history[0] ? otherColor(history[0].color) : 'blue';
  return [entry(version, color, more), ...history];
};

/** 0 deploys a new version; n goes n back, where there are so many. */
const steps = fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 25 });

function play(moves: readonly number[], see: (before: Deployed[], after: Deployed[], back: number) => void): void {
  let history = add([], 'v0');
  let count = 0;
  for (const back of moves) {
    const { candidates, serving } = look(history);
    const target = back > 0 ? candidates[back - 1] : undefined;
    if (back > 0 && !target) continue;
    const after = target
      ? add(history, target.entry.version, { rollback: { from: serving?.version ?? '', fromHash: serving?.partHash ?? '' } })
      : add(history, `v${++count}`);
    see(history, after, back);
    history = after;
  }
}

describe('any sequence of deploys and rollbacks', () => {
  test('every other version that served can be named, once, and by its number', () => {
    fc.assert(
      fc.property(steps, (moves) => {
        play(moves, (_, after) => {
          const { candidates, serving } = look(after);
          const names = candidates.map((one) => one.entry.version);
          expect([...names].sort()).toEqual([...new Set(after.map((one) => one.version))].filter((one) => one !== serving?.version).sort());
          for (const [index, name] of names.entries()) {
            const choice = { candidates, serving };
            expect(chooseTarget({ kind: 'back', steps: index + 1 }, choice)).toBe(chooseTarget({ kind: 'name', name }, choice));
          }
        });
      }),
    );
  });

  test('previous is always the version that served just before, so that a rollback of a rollback undoes it', () => {
    fc.assert(
      fc.property(steps, (moves) => {
        play(moves, (before, after) => {
          const previous = chooseTarget({ kind: 'back', steps: 1 }, look(after));
          expect(previous).toMatchObject({ back: 1, entry: { version: before[0]?.version } });
        });
      }),
    );
  });
});
