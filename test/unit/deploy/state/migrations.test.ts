import { describe, expect, test } from '@jest/globals';
import { whyBackup } from '../../../../src/deploy/preflight/backup-before.ts';
import { migrationsOf, newOf } from '../../../../src/deploy/state/migrations.ts';
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

describe('a backup before a deploy', () => {
  const migrations = [
    { name: 'migrate', hash: '1' },
    { name: 'seed', hash: '2' },
  ];
  test('is about what the serving version has not had, and what a failed deploy began', () => {
    expect(newOf(migrations, undefined)).toEqual(migrations);
    expect(newOf(migrations, { migrations: [{ name: 'migrate', hash: '1' }] })).toEqual([{ name: 'seed', hash: '2' }]);
    expect(newOf(migrations, { migrations: [...migrations, { name: 'seed', hash: '2', attempted: true }] })).toEqual([]);
    expect(newOf(migrations, { migrations: [{ name: 'migrate', hash: '1', attempted: true }] })).toEqual(migrations);
  });

  test('is taken when it is asked for', () => {
    const plan = (...hooks: Parameters<typeof hook>[]) => ({
      split: split([deployment('web'), service('web')], { firstDeploy: false, hooks: hooks.map((one) => hook(...one)) }),
      serving: undefined,
    });
    const migrating = plan([job('migrate', { image: 'app:1' }), 'pre-upgrade']);
    expect([whyBackup('off', migrating), whyBackup(undefined, migrating), whyBackup('before-migration', plan())]).toEqual(
      new Array(3).fill(undefined),
    );
    expect(whyBackup('before-migration', migrating)).toBe('this version brings Job/migrate');
    expect(whyBackup('before', plan())).toBe('every deploy does');
  });
});
