import { describe, expect, test } from '@jest/globals';
import { remainingIn } from '../../../../src/preview/gone/blockers.ts';

const condition = (message: string, status = 'True') => [
  { type: 'NamespaceContentRemaining', status, reason: 'SomeResourcesRemain', message },
];

describe('what a namespace says is left in it', () => {
  test('kinds with and without a group', () => {
    const message =
      'Some resources are remaining: persistentvolumeclaims. has 1 resource instances, widgets.example.com has 12 resource instances';
    expect(remainingIn(condition(message))).toEqual([
      { plural: 'persistentvolumeclaims', group: '' },
      { plural: 'widgets', group: 'example.com' },
    ]);
  });

  test('nothing, once it is over, or where it says something else', () => {
    expect(remainingIn(condition('Some resources are remaining: pods. has 1 resource instances', 'False'))).toEqual([]);
    expect(remainingIn(condition('All content successfully removed'))).toEqual([]);
    expect(remainingIn([])).toEqual([]);
  });

  test('a long text costs no time', () => expect(remainingIn(condition('a.'.repeat(1_000_000)))).toEqual([]));
});
