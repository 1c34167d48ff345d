import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { evaluate, statusText } from '../../../src/smoke/evaluate.ts';
import { parseSmoke } from '../../../src/smoke/index.ts';
import { readJsonPath } from '../../../src/smoke/json-path.ts';

const answer = (body: string, status = 200, headers: Record<string, string> = {}, durationMs = 12) => ({
  status,
  headers,
  body,
  durationMs,
});

function failures(check: string, response: ReturnType<typeof answer>): string[] {
  const [parsed] = parseSmoke(parse(check));
  if (parsed === undefined) throw new Error('no check');
  return evaluate(parsed, response);
}

describe('a check against an answer', () => {
  test.each([
    ['/a', answer('', 200), []],
    ['/a', answer('', 399), []],
    ['/a', answer('', 404), ['status: expected 200–399, got 404']],
    ['{path: /a, status: [200, 204]}', answer('', 201), ['status: expected 200, 204, got 201']],
    ['{path: /a, status: 404}', answer('', 404), []],
    ['{path: /a, json: {status: healthy}}', answer('{"status":"healthy","more":1}'), []],
    ['{path: /a, json: {$.status: healthy}}', answer('{"status":"sick"}'), ['json $.status: expected "healthy", got "sick"']],
    ['{path: /a, json: {"a.b[1]": 2}}', answer('{"a":{"b":[1,2]}}'), []],
    ['{path: /a, json: {"a.b[2]": 2}}', answer('{"a":{"b":[1,2]}}'), ['json a.b[2]: expected 2, there is none']],
    ['{path: /a, json: {a: {b: /^x/}}}', answer('{"a":{"b":"xy","c":1}}'), []],
    ['{path: /a, json: {a: [1]}}', answer('{"a":[1,2]}'), ['json a: expected [1], got [1,2]']],
    ['{path: /a, json: {a: null}}', answer('{"a":null}'), []],
    ['{path: /a, json: {a: null}}', answer('{}'), ['json a: expected null, there is none']],
    ['{path: /a, json: {a: 1}}', answer('{"a":"1"}'), ['json a: expected 1, got "1"']],
    ['{path: /a, json: {a: 1}}', answer('<html>\nno'), ['body: expected JSON, got <html> no']],
    ['{path: /a, headers: {X-Version: abc}}', answer('', 200, { 'x-version': 'abc' }), []],
    ['{path: /a, headers: {x-version: /^a.c$/}}', answer('', 200, { 'x-version': 'abc' }), []],
    ['{path: /a, headers: {x-version: abc}}', answer('', 200, { 'x-version': 'old' }), ['header x-version: expected abc, got old']],
    ['{path: /a, headers: {x-version: abc}}', answer(''), ['header x-version: expected abc, there is none']],
    ['{path: /a, contains: todo}', answer('my todos'), []],
    ['{path: /a, contains: todo}', answer('nothing here'), ['body: expected to contain "todo", got nothing here']],
    ['{path: /a, max-ms: 12}', answer(''), []],
    ['{path: /a, max-ms: 11}', answer(''), ['latency: expected at most 11 ms, got 12 ms']],
    ['{path: /a, status: 200, max-ms: 1}', answer('', 503), ['status: expected 200, got 503', 'latency: expected at most 1 ms, got 12 ms']],
  ])('%s %j', (check, response, expected) => {
    expect(failures(check, response)).toEqual(expected);
  });

  test('what the server sent cannot break the line', () => {
    const [line] = failures('{path: /a, json: {a: 1}}', answer('::error::x\n\u001b[31mred\r\n'));
    expect(line).toBe('body: expected JSON, got ::error::x [31mred');
  });

  test('a key of the prototype is not found', () => {
    expect(readJsonPath({}, 'constructor').found).toBe(false);
    expect(readJsonPath([1], 'length').found).toBe(false);
  });

  test('runs of status codes are short', () => {
    expect(statusText([200, 201, 202, 204, 301, 302])).toBe('200–202, 204, 301, 302');
  });
});
