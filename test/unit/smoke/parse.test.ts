import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { parseSmoke } from '../../../src/smoke/index.ts';

const plain = { path: '/', method: 'GET', json: {}, headers: {}, requestHeaders: {} };

describe('the input smoke', () => {
  test.each([
    ['', []],
    ['/health', [{ ...plain, name: 'GET /health', path: '/health' }]],
    ['https://example.com', [{ ...plain, name: 'GET https://example.com/', url: 'https://example.com' }]],
    [
      '- {url: "http://localhost:8080/a?b=c", max-ms: 300, status: 2xx}',
      [
        {
          ...plain,
          name: 'GET http://localhost:8080/a?b=c',
          url: 'http://localhost:8080',
          path: '/a?b=c',
          maxMs: 300,
          status: Array.from({ length: 100 }, (_, index) => 200 + index),
        },
      ],
    ],
    [
      '- {service: todo-backend, path: /health, status: [204, 200], json: {status: healthy}}',
      [
        {
          ...plain,
          name: 'GET todo-backend/health',
          service: { name: 'todo-backend' },
          path: '/health',
          status: [200, 204],
          json: { status: 'healthy' },
        },
      ],
    ],
    [
      '- {name: api, service: "web:http", namespace: shop, node-port: true, method: post, headers: {X-Version: 3}, request-headers: {Accept: a}, contains: ok}',
      [
        {
          ...plain,
          name: 'api',
          service: { name: 'web', port: 'http', namespace: 'shop', nodePort: true },
          method: 'POST',
          headers: { 'x-version': '3' },
          requestHeaders: { accept: 'a' },
          contains: 'ok',
        },
      ],
    ],
    [
      '[/a, /a]',
      [
        { ...plain, name: 'GET /a', path: '/a' },
        { ...plain, name: 'GET /a (2)', path: '/a' },
      ],
    ],
  ])('%s', (text, expected) => {
    expect(parseSmoke(parse(text))).toEqual(expected);
  });

  test.each([
    ['- 7', 'Input "smoke", check 1 is a number, not a check'],
    ['- [a]', 'Input "smoke", check 1 is a list, not a check'],
    ['- {service: a}\n-', 'Input "smoke", check 2 is empty, not a check'],
    ['- {service: a, statuses: 200}', 'Input "smoke", check 1: unknown key "statuses"'],
    ['- {service: a, url: "http://b"}', 'Input "smoke", check 1 has both "url" and "service"'],
    ['- {url: "ftp://b"}', 'Input "smoke", check 1: "url" is "ftp://b", not an http or https URL'],
    ['- {url: "https://user:hidden@b"}', 'Input "smoke", check 1: "url" holds a password, which would be shown in the log'],
    ['- {service: Web_1}', 'Input "smoke", check 1: "service" is "Web_1", not the name of a Service'],
    ['- {service: "web:99999"}', 'Input "smoke", check 1: "port" is "99999"'],
    ['- {service: web, node-port: 80}', 'Input "smoke", check 1: "node-port" must be true or false'],
    ['- {port: 80}', 'Input "smoke", check 1: "port" belongs to a "service", and there is none'],
    ['- {path: health}', 'Input "smoke", check 1: "path" is "health"'],
    ['- {path: /a, method: FETCH}', 'Input "smoke", check 1: "method" is "FETCH"'],
    ['- {path: /a, status: 99}', 'Input "smoke", check 1: "status" is "99"'],
    ['- {path: /a, status: 300-200}', 'Input "smoke", check 1: "status" is "300-200"'],
    ['- {path: /a, max-ms: soon}', 'Input "smoke", check 1: "max-ms" is "soon"'],
    ['- {path: /a, json: [a]}', 'Input "smoke", check 1: "json" must be a map'],
    ['- {path: /a, json: {"$..a": 1}}', 'Input "smoke", check 1: "json": "$..a" is not a JSON path'],
    ['- {path: /a, headers: {a: "/(/"}}', 'Input "smoke", check 1: header a: Invalid regular expression: /(/: Unterminated group'],
  ])('%s is refused', (text, message) => {
    expect(() => parseSmoke(parse(text))).toThrow(expect.objectContaining({ name: 'ConfigurationError', message }));
  });

  test('a password in a URL is not repeated', () => {
    expect(() => parseSmoke('https://user:hidden@b')).toThrow(expect.not.objectContaining({ message: expect.stringContaining('hidden') }));
  });
});
