import { describe, expect, test } from '@jest/globals';
import type { HttpResponse } from '../../../../src/interfaces/http.ts';
import { judge, type Question } from '../../../../src/preview/up/answers.ts';

const question = (versionHeader?: string): Question => ({ url: 'https://pr-7.example.com', version: 'abc', versionHeader, limitMs: 1 });
const answer = (status: number, headers: Record<string, string> = {}): HttpResponse => ({ status, headers, body: '', durationMs: 1 });

describe('what an answer proves', () => {
  test.each([200, 301, 401, 403])('%i is the app’s', (status) => expect(judge(answer(status), question())).toMatchObject({ by: 'app' }));
  test('404 may be a proxy’s: it has to be told from what a stranger gets', () => expect(judge(answer(404), question())).toBe('not-found'));
  test.each([500, 502, 503, 504])('%i is no answer', (status) => expect(judge(answer(status), question())).toMatchObject({ by: 'nobody' }));

  test('with a header, this version alone', () => {
    expect(judge(answer(200, { 'x-version': 'abc' }), question('X-Version'))).toMatchObject({ by: 'version' });
    expect(judge(answer(404, { 'x-version': 'abc' }), question('X-Version'))).toMatchObject({ by: 'version' });
    expect(judge(answer(200, { 'x-version': 'old' }), question('X-Version'))).toMatchObject({ by: 'nobody', why: 'version old answers' });
    expect(judge(answer(200), question('X-Version'))).toMatchObject({ by: 'nobody', why: 'the answer has no header X-Version' });
    expect(judge(answer(502, { 'x-version': 'abc' }), question('X-Version'))).toMatchObject({ by: 'nobody' });
  });

  test.each<[string | undefined, boolean]>([
    ['noindex', true],
    ['noindex, nofollow', true],
    ['none', true],
    ['max-snippet:-1', false],
    [undefined, false],
  ])('X-Robots-Tag: %s keeps search engines out: %s', (header, noindex) =>
    expect(judge(answer(200, header === undefined ? {} : { 'x-robots-tag': header }), question())).toEqual({ by: 'app', noindex }),
  );
});
