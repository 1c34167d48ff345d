import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { durationText, parseDuration } from '../../../src/runtime/duration.ts';

test.each<[number, string]>([
  [3_600_000, '1h'],
  [5_400_000, '1h30m'],
  [90_061_000, '1d1h1m1s'],
  [999, '0s'],
  [0, '0s'],
])('%d ms are written as %s', (ms, text) => expect(durationText(ms)).toBe(text));

test('what is written is read as the same, to the second', () => {
  fc.assert(fc.property(fc.nat(2 ** 31 - 1), (ms) => parseDuration(durationText(ms)) === ms - (ms % 1000)));
});
