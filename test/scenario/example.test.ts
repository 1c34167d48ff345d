import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

test('the tests of the example’s frontend pass', () => {
  const cwd = join(import.meta.dirname, '../../examples/todo/frontend');
  const { stdout } = spawnSync(process.execPath, ['--test', '--test-reporter=tap', 'test/*.test.ts'], { cwd, encoding: 'utf8' });
  expect(stdout).toMatch(/^# pass [1-9]\d*$/m);
  expect(stdout).toMatch(/^# fail 0$/m);
});
