import { expect, test } from '@jest/globals';
import { wayWithData } from '../../../../src/deploy/rollback/with-data.ts';
import { migration } from './helpers.ts';

const HOUR = 3_600_000;
const app = { release: 'todo', namespace: 'prod' };
const backup = (id: string) => ({ id, snapshotAt: new Date(HOUR).toISOString() });
const say = (more: object, ...migrations: Parameters<typeof wayWithData>[1]) => wayWithData(app, migrations, { now: 6 * HOUR, ...more });

test('the backup from before the first migration that cannot be undone, and the command that restores it', async () => {
  const [newer, older] = ['3', '2'].map((hash) => ({ ...migration('migrate', hash, 'true'), backup: backup(`00000${hash}`) }));
  if (!newer || !older) throw new Error('two');
  const said = await say({ drilled: async (id: string) => id === '000002' }, newer, older);
  expect(said).toContain('restore backup 000002, 5 h old, taken before it ran (a drill has restored it)');
  expect(said).toContain('todo-deploy restore --release todo --namespace prod --mode into --from 000002');
  expect(await say({ drilled: async () => false }, older)).toContain('(no drill is known to have restored it, so begin with --mode drill)');
  expect(await say({ drilled: () => Promise.reject(new Error('forbidden')) }, older)).toContain('no drill is known');
  expect(await say({}, older)).toContain('no drill is known');
});

test('one from between two of them is no way back', async () => {
  const newer = { ...migration('migrate', '3', 'true'), backup: backup('000003') };
  expect(await say({}, newer, migration('migrate', '2', 'true'))).toBe(
    'No backup was taken before it: a deploy with "backup: before-migration" takes one.',
  );
});
