import { request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { request } from 'undici';
import { CancelledError, HttpError } from '../../../src/interfaces/errors.ts';
import { isAbort } from '../../../src/runtime/abort.ts';

const reason = new CancelledError('Cancelled by SIGINT');
const aborted = AbortSignal.abort(reason);
const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

test.each([
  ['the reason itself', Promise.reject(reason)],
  ['a program that was ended for it', Promise.reject(new CancelledError('helm was cancelled'))],
  ['a timer of Node', delay(60_000, undefined, { signal: aborted })],
  ['a request of Node', new Promise((_, reject) => httpRequest('http://127.0.0.1:1', { signal: aborted }).on('error', reject))],
  ['a request of undici', request('http://127.0.0.1:1', { signal: aborted })],
])('%s says no more than that the run was cancelled', async (_, work) => {
  const error = await errorOf(work);
  expect([isAbort(error, aborted), isAbort(error, new AbortController().signal)]).toEqual([true, false]);
});

test('what went wrong meanwhile is not one', () => {
  expect(isAbort(new HttpError('the way back failed', { status: 500 }), aborted)).toBe(false);
  expect(isAbort(undefined, aborted)).toBe(false);
});
