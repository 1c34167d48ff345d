import { describe, expect, test } from '@jest/globals';
import { exposedHeader, isPlainAllowed } from '../../../src/interfaces/plain-http.ts';
import { UndiciHttp } from '../../../src/tools/http.ts';

const headerOf = (url: string, headers: object, env = {}) => exposedHeader(new URL(url), headers as Record<string, string>, env);

describe('headers that open something', () => {
  test.each(['authorization', 'Cookie', 'x-api-key', 'X-Auth-Token', 'private-token', 'x-session-id', 'proxy-authorization'])(
    '%s goes over https, to this machine, or where that is allowed',
    (name) => {
      const headers = { accept: '*/*', [name]: 'x' };
      expect(headerOf('http://app.example/', headers)).toBe(name);
      expect(headerOf('https://app.example/', headers)).toBeUndefined();
      expect(headerOf('http://127.0.0.1:8080/', headers)).toBeUndefined();
      expect(headerOf('http://app.example:8080/', headers, { TODO_DEPLOY_PLAIN_HTTP: 'app.example:8080' })).toBeUndefined();
      expect(headerOf('http://app.example:8080/', headers, { TODO_DEPLOY_PLAIN_HTTP: 'app.example:80' })).toBe(name);
    },
  );

  test.each(['accept', 'x-request-id', 'x-forwarded-proto', 'author', 'host'])('%s is no such header', (name) => {
    expect(headerOf('http://app.example/', { [name]: 'x' })).toBeUndefined();
  });

  test('are refused by the client itself, before it connects, and not quoted', async () => {
    const request = { method: 'GET', url: 'http://app.example.invalid/', timeoutMs: 1000, headers: { authorization: 'Bearer canary' } };
    const refused = new UndiciHttp({ env: {} }).request(request);
    await expect(refused).rejects.toMatchObject({
      reason: 'configuration',
      message: 'http://app.example.invalid would get the header "authorization" unencrypted',
      hint: expect.not.stringContaining('canary'),
    });
  });
});

test('a host is allowed by its name, with or without its port', () => {
  const env = { TODO_DEPLOY_PLAIN_HTTP: 'registry.lan:5000, Other.lan' };
  expect(
    ['registry.lan:5000', 'registry.lan', 'REGISTRY.lan:5000', 'other.lan:8080', 'other.lan', 'evil-other.lan'].map((host) =>
      isPlainAllowed(host, env),
    ),
  ).toEqual([true, false, true, true, true, false]);
});
