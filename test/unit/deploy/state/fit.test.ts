import { expect, test } from '@jest/globals';
import { bytesOf, fitted } from '../../../../src/deploy/state/fit.ts';
import type { Deployed, Journal } from '../../../../src/deploy/state/model.ts';

const entry = (at: number): Deployed => ({
  version: `v${at}`,
  color: at % 2 ? 'blue' : 'green',
  at: '2026-01-01T00:00:00Z',
  actor: 'ada',
  runUrl: '',
  partHash: '',
  baseHash: '',
  baseRevision: at,
  colorRevision: at,
  images: ['registry.example/app@sha256:0'],
  services: Array.from({ length: 200 }, (_, index) => `service-${index}`),
  replicas: {},
  smoke: [],
});
const journal: Journal = { schema: 1, release: 'todo', history: Array.from({ length: 20 }, (_, index) => entry(20 - index)) };
const size = bytesOf(journal);

test('a journal that fits stays as it is', () => {
  expect(fitted(journal, size)).toBe(journal);
});

test('the oldest entries lose their lists first', () => {
  const { history } = fitted(journal, size - 1);
  expect(history.slice(0, 19)).toEqual(journal.history.slice(0, 19));
  expect(history[19]).toEqual({ ...entry(1), images: [], services: [] });
});

test('then they go; the newest four stay whole, whatever the size', () => {
  const { history } = fitted(journal, size / 3);
  expect(bytesOf({ ...journal, history })).toBeLessThanOrEqual(size / 3);
  expect(history.slice(0, 4)).toEqual(journal.history.slice(0, 4));
  expect(history.length).toBeGreaterThan(4);
  expect(fitted(journal, 0).history).toEqual(journal.history.slice(0, 4));
});
