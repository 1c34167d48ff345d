import { expect, test } from '@jest/globals';
import { quantity } from '../../../../src/split/kinds/quantity.ts';

test.each<[string | undefined, number]>([
  ['200m', 0.2],
  ['2', 2],
  ['256Mi', 268435456],
  ['1G', 1e9],
  [undefined, 0],
])('%s is %s', (text, value) => expect(quantity(text)).toBeCloseTo(value));
