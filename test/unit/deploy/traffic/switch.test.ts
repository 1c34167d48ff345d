import { expect, test } from '@jest/globals';
import { sameVersion } from '../../../../src/deploy/traffic/switch.ts';

test.each([
  ['v1', 'v1', true],
  ['1234567', '1234567890abcdef1234567890abcdef12345678', true],
  ['123456', '1234567890abcdef1234567890abcdef12345678', false],
  ['v1', 'v10', false],
  ['missing (status 502)', 'v1', false],
])('a header of %s for version %s: %s', (seen, version, expected) => expect(sameVersion(seen, version)).toBe(expected));
