import { expect, test } from '@jest/globals';
import { inBlock } from '../../../src/interfaces/ip-block.ts';

test.each<[string, string, boolean | undefined]>([
  ['10.1.2.3', '10.0.0.0/8', true],
  ['11.1.2.3', '10.0.0.0/8', false],
  ['1.2.3.4', '0.0.0.0/0', true],
  ['10.1.2.3', '10.1.2.3', true],
  ['fd00::7', 'fd00::/8', true],
  ['fe80::7', 'fd00::/8', false],
  // Nothing is known of a block of the other family.
  ['::1', '10.0.0.0/8', undefined],
  ['todo-db', '10.0.0.0/8', undefined],
  ['10.1.2.3', '10.0.0.0/33', undefined],
  ['10.1.2.3', 'all', undefined],
])('%s in %s: %s', (address, block, expected) => {
  expect(inBlock(address, block)).toBe(expected);
});
