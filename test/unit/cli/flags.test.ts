import { expect, test } from '@jest/globals';
import { Command } from 'commander';
import { addFlags, flagsOf } from '../../../src/cli/flags.ts';
import type { InputField } from '../../../src/cli/metadata.ts';

const field = (name: string, boolean: boolean): InputField => ({ name, description: name, required: false, fallback: '', boolean });
const fields = [field('cache', false), field('no-cache', true), field('no-cache-filters', false)];

function read(...args: string[]): Record<string, string> {
  const command = new Command();
  addFlags(command, fields, args);
  command.parse(args, { from: 'user' });
  const { inputs, files } = flagsOf(command, fields);
  return { ...inputs, ...files };
}

test('an input whose name begins with no- is no other one\u2019s negation', () => {
  expect(read()).toEqual({});
  expect(read('--no-cache')).toEqual({ 'no-cache': 'true' });
  expect(read('--cache', 'off', '--no-cache=false', '--no-cache-filters', 'deps')).toEqual({
    cache: 'off',
    'no-cache': 'false',
    'no-cache-filters': 'deps',
  });
});
