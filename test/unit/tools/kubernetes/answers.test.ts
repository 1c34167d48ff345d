import { describe, expect, test } from '@jest/globals';
import { statusError } from '../../../../src/tools/kubernetes/answers.ts';
import { describeCall } from '../../../../src/tools/kubernetes/calls.ts';

describe('a request in words', () => {
  test.each([
    ['GET', '/api/v1/namespaces/todo/pods?limit=500', 'GET pods in namespace todo'],
    ['GET', '/api/v1/namespaces/todo/pods?watch=true', 'WATCH pods in namespace todo'],
    ['PATCH', '/apis/apps/v1/namespaces/todo/deployments/web/scale', 'PATCH deployments.apps/web/scale in namespace todo'],
    ['POST', '/apis/batch/v1/namespaces/todo/jobs', 'POST jobs.batch in namespace todo'],
    ['GET', '/api/v1/namespaces/todo', 'GET namespaces/todo'],
    ['GET', '/api/v1/namespaces', 'GET namespaces'],
    ['GET', '/api/v1/nodes/n%201', 'GET nodes/n 1'],
    ['GET', '/apis/apps/v1', 'GET /apis/apps/v1'],
    ['GET', '/version', 'GET /version'],
    ['GET', '/api/v1/nodes/%zz', 'GET nodes/%zz'],
  ])('%s %s', (method, path, words) => {
    expect(describeCall({ method, path })).toBe(words);
  });
});

describe('an answer that is no success', () => {
  const request = { method: 'PATCH', path: '/api/v1/namespaces/todo/services/web?force=true' };
  const said = (status: number, body: unknown, headers = {}) =>
    statusError(request, { status, headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) });

  test.each([
    [
      'the server is in trouble',
      500,
      { message: 'injected' },
      'The API server answered 500 to PATCH services/web in namespace todo: injected',
    ],
    ['it says nothing', 503, '', 'The API server answered 503 to PATCH services/web in namespace todo'],
    ['no Status', 502, 'Bad Gateway', 'The API server answered 502 to PATCH services/web in namespace todo: Bad Gateway'],
    ['it is busy', 429, 'Too many requests', 'The API server answered 429 to PATCH services/web in namespace todo: Too many requests'],
    ['the object is refused', 422, { message: 'Service "web" is invalid: …' }, 'Service "web" is invalid: …'],
    ['a proxy refuses', 403, '', 'The API server answered 403 to PATCH services/web in namespace todo'],
  ])('%s: %d', (_, status, body, message) => {
    expect(said(status, body)).toMatchObject({ status, message });
  });

  test('a field that the kind does not have is the object’s mistake, and not asked again', () => {
    const message = 'failed to create typed patch object (…): .spec.x: field not declared in schema';
    expect(said(500, { message })).toMatchObject({ status: 422, code: 'Invalid', message });
  });

  test('what it wants to be waited for', () => {
    expect(said(429, '', { 'retry-after': '3' }).retryAfterMs).toBe(3000);
    expect(said(429, '').retryAfterMs).toBe(0);
  });
});
