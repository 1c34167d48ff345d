import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSameSite, readCommand, readPage } from '../server/form.ts';

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

test('forms become commands', () => {
  assert.deepEqual(readCommand(form({ do: 'add', title: '  milk ' })), { do: 'add', title: 'milk' });
  assert.deepEqual(readCommand(form({ do: 'set', id: '7', done: 'true' })), { do: 'set', id: 7, done: true });
  assert.deepEqual(readCommand(form({ do: 'delete', id: '7' })), { do: 'delete', id: 7 });
});

test('nonsense does not', () => {
  const bad = [
    {},
    { do: 'add' },
    { do: 'add', title: '   ' },
    { do: 'add', title: 'x'.repeat(201) },
    { do: 'delete', id: '1.5' },
    { do: 'delete', id: '0' },
    { do: 'drop', id: '1' },
  ];
  for (const fields of bad) assert.equal(readCommand(form(fields as Record<string, string>)), null, JSON.stringify(fields));
});

test('page numbers are whole and positive', () => {
  for (const [value, page] of [
    ['3', 3],
    [undefined, 1],
    ['-1', 1],
    ['x', 1],
    [['2', '9'], 2],
  ] as const) {
    assert.equal(readPage(value as string), page);
  }
});

test('forms of other sites are told apart', () => {
  assert.equal(isSameSite(new Headers()), true);
  assert.equal(isSameSite(new Headers({ 'sec-fetch-site': 'same-origin' })), true);
  assert.equal(isSameSite(new Headers({ 'sec-fetch-site': 'cross-site' })), false);
});
