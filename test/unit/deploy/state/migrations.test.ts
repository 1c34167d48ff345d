import { describe, expect, test } from '@jest/globals';
import { migrationsOf } from '../../../../src/deploy/state/migrations.ts';
import { deployment, hook, job, service, split } from '../../split/helpers.ts';

const marked = (name: string, mark: string, image = 'app:1') =>
  job(name, { image }, { metadata: { annotations: { 'todo-deploy.dev/irreversible': mark } } });
const of = (hooks: Parameters<typeof hook>[], more: Parameters<typeof split>[1] = {}) =>
  migrationsOf(split([deployment('web'), service('web')], { firstDeploy: false, ...more, hooks: hooks.map((one) => hook(...one)) }));

describe('hook Jobs as migrations', () => {
  test('those that run for this deploy, with their marks', () => {
    const found = of([
      [marked('before', 'true'), 'pre-upgrade'],
      [marked('after', '0042'), 'post-upgrade'],
      [marked('undone', 'false'), 'pre-upgrade'],
      [marked('first', 'true'), 'pre-install'],
      [marked('back', 'true'), 'post-rollback'],
      [marked('try', 'true'), 'test'],
    ]);
    expect(found.map(({ name, irreversible }) => [name, irreversible])).toEqual([
      ['before', 'true'],
      ['undone', undefined],
      ['after', '0042'],
    ]);
  });

  test('the hash is of the work, whatever the color', () => {
    const hash = (image: string, color: 'blue' | 'green') => of([[marked('after', 'true', image), 'post-upgrade']], { color })[0]?.hash;
    expect(hash('app:1', 'blue')).toBe(hash('app:1', 'green'));
    expect(hash('app:1', 'blue')).not.toBe(hash('app:2', 'blue'));
  });
});
