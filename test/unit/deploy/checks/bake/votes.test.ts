import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FAILURES, VOTES, Votes } from '../../../../../src/deploy/checks/bake/votes.ts';
import type { CheckResult } from '../../../../../src/smoke/model.ts';

const answer = (passed: boolean, target = 'door'): CheckResult => ({ check: 'front', target, url: '', passed, attempts: 1 });
/** How many answers it takes to fail a check; undefined where they do not. */
const failsAt = (answers: readonly boolean[]): number | undefined => {
  const votes = new Votes();
  const at = answers.findIndex((passed) => votes.count([answer(passed)]) !== undefined);
  return at === -1 ? undefined : at + 1;
};
const of = (text: string): boolean[] => [...text].map((letter) => letter === '.');

describe('the vote on a check', () => {
  test.each<[string, string, number | undefined]>([
    ['all well', '....................', undefined],
    ['one lost answer', '.....x..............', undefined],
    ['one of ten', '.x.........x.........x', undefined],
    ['broken', '...xxx', 6],
    ['two of five', '.x.x..x', 7],
    ['three in ten', 'x....x...x', 10],
    ['three in eleven', 'x.....x...x', undefined],
  ])('%s', (_, text, expected) => expect(failsAt(of(text))).toBe(expected));

  test('a failed answer opens it, and ten after it close it', () => {
    const votes = new Votes();
    votes.count([answer(false)]);
    for (let count = 1; count < VOTES; count++) {
      votes.count([answer(true)]);
      expect(votes.open).toBe(true);
    }
    votes.count([answer(true)]);
    expect(votes.open).toBe(false);
  });

  test('each target has its own: one bad pod of ten fails', () => {
    const votes = new Votes();
    const round = Array.from({ length: 10 }, (_, index) => answer(index !== 3, `pod ${index}`));
    expect(Array.from({ length: FAILURES }, () => votes.count(round)?.target)).toEqual([undefined, undefined, 'pod 3']);
  });

  test('no series of answers of which two in five or more fail passes, from ten on', () => {
    const series = fc.array(fc.boolean(), { minLength: VOTES, maxLength: 40 });
    fc.assert(
      fc.property(series, (answers) => {
        const failed = answers.filter((passed) => !passed).length;
        fc.pre(failed >= answers.length * 0.4);
        expect(failsAt(answers)).toBeDefined();
      }),
    );
  });
});
