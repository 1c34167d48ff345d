import { describe, expect, test } from '@jest/globals';
import { kindOf, tagOfSet } from '../../../src/build/fixed-tags.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

describe('what a tag promises', () => {
  test.each([
    [COMMIT, 'commit'],
    [COMMIT.slice(0, 7), 'commit'],
    [`sha-${COMMIT.slice(0, 7)}`, 'commit'],
    ['1.2.3', 'version'],
    ['v1.2.3', 'version'],
    ['1.2.3-rc.1', 'version'],
    [`${COMMIT}-dirty`, 'moving'],
    ['1.2.3-dirty', 'moving'],
    ['1.2', 'moving'],
    ['1', 'moving'],
    ['main', 'moving'],
    ['latest', 'moving'],
    ['pr-7', 'moving'],
    ['nightly', 'moving'],
    ['feature-1.2.3', 'moving'],
  ])('%s: %s', (tag, kind) => expect(kindOf(tag)).toBe(kind));
});

test('a set has one tag, whatever its order, and another set another one', () => {
  const [one, two] = [
    { name: 'one', digest: 'sha256:1' },
    { name: 'two', digest: 'sha256:2' },
  ];
  const tag = tagOfSet(COMMIT, [one, two]);
  expect(tag).toMatch(new RegExp(`^${COMMIT}-[0-9a-f]{8}$`));
  expect(tagOfSet(COMMIT, [two, one])).toBe(tag);
  expect(tagOfSet(COMMIT, [one, { ...two, digest: 'sha256:3' }])).not.toBe(tag);
  // It is set as any tag that may move: it never has to.
  expect(kindOf(tag)).toBe('moving');
});
