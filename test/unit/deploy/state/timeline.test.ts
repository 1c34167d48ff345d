import { describe, expect, test } from '@jest/globals';
import { mayFollow, PHASES, type Phase, touchesTraffic } from '../../../../src/deploy/state/timeline.ts';

/** Written out once, so that a phase put in the wrong place shows: what may come after each, and whether users may be on the new color. */
const EXPECTED: readonly [Phase, readonly Phase[], boolean][] = [
  ['base', ['color', 'take-back'], false],
  ['color', ['ready', 'take-back'], false],
  ['ready', ['smoke', 'take-back'], false],
  ['smoke', ['switch', 'take-back'], false],
  ['switch', ['bake', 'switch-back'], true],
  ['bake', ['finish', 'switch-back'], true],
  ['finish', ['finish'], false],
  ['switch-back', ['switch-back', 'take-back'], true],
  ['take-back', ['take-back'], false],
];
const RECORDED = EXPECTED.map(([phase]) => phase);

describe('timeline', () => {
  test('begins with what is not recorded, then every recorded phase once, in order', () => {
    expect(PHASES).toEqual(['lock', 'heal', 'preflight', ...RECORDED]);
  });

  test.each(EXPECTED)('%s is followed by %j', (phase, next) => {
    expect(RECORDED.filter((other) => mayFollow(phase, other))).toEqual(
      [...next].sort((a, b) => RECORDED.indexOf(a) - RECORDED.indexOf(b)),
    );
  });

  test('in place there is nothing to switch back', () => {
    const next = (phase: Phase) => RECORDED.filter((other) => mayFollow(phase, other, { inPlace: true }));
    expect([next('ready'), next('switch'), next('bake'), next('finish')]).toEqual([
      ['smoke', 'take-back'],
      ['bake', 'take-back'],
      ['finish', 'take-back'],
      ['finish'],
    ]);
  });

  test.each(EXPECTED)('%s, followed by %j, touches traffic: %s', (phase, _, touches) => {
    expect(touchesTraffic(phase)).toBe(touches);
  });
});
