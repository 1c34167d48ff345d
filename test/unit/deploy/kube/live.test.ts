import { expect, test } from '@jest/globals';
import { activeOf, type LiveService } from '../../../../src/deploy/kube/live.ts';

test('the active color is what all Services select', () => {
  const service = (color: 'blue' | 'green'): LiveService => ({ name: color, selector: {}, color, ports: [], resourceVersion: '1' });
  expect([activeOf([]), activeOf([service('blue'), service('blue')]), activeOf([service('blue'), service('green')])]).toEqual([
    undefined,
    'blue',
    'mixed',
  ]);
});
