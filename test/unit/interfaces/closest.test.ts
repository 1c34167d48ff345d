import { expect, test } from '@jest/globals';
import { closest, distance } from '../../../src/interfaces/closest.ts';

test.each([
  ['sevrity', 'severity'],
  ['severtiy', 'severity'],
  ['Severity', 'severity'],
  ['build_args', 'build-args'],
  ['platform', 'platforms'],
  ['tag', 'tags'],
  ['push', 'push'],
  ['lish', undefined],
  ['dockerfile', undefined],
  ['', undefined],
])('%s → %s', (word, expected) => {
  expect(closest(word, ['severity', 'build-args', 'platforms', 'tags', 'push'])).toBe(expected);
});

test('steps from one word to another', () => {
  expect([distance('todo-databse', 'todo-database'), distance('redis', 'api')]).toEqual([1, 4]);
});
