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

test('a Service that the version which serves does not have is no disagreement', () => {
  const service = (name: string, color: 'blue' | 'green'): LiveService => ({ name, selector: {}, color, ports: [], resourceVersion: '1' });
  const live = [service('web', 'green'), service('old', 'blue')];
  expect([
    activeOf(live, { color: 'green', services: ['web'] }),
    activeOf(live, { color: 'green', services: ['web', 'old'] }),
    activeOf(live, { color: 'blue', services: ['web'] }),
    activeOf(live, { color: 'green', services: [] }),
  ]).toEqual(['green', 'mixed', 'mixed', 'mixed']);
});
