import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UndiciHttp } from '../../../../src/tools/http.ts';
import { ForwardProxy } from '../../../support/forward.ts';

let server: Server;
let proxy: ForwardProxy;
let guarded: ForwardProxy;
beforeAll(async () => {
  server = createServer((request, response) =>
    response.end(`${request.headers.host} ${request.url} ${request.headers['proxy-authorization']}`),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const names = { 'app.example:80': `127.0.0.1:${typeof address === 'object' ? address?.port : ''}` };
  proxy = await ForwardProxy.start(names);
  guarded = await ForwardProxy.start(names, 'me:canary word');
});
afterAll(() => Promise.all([server.close(), proxy.close(), guarded.close()]));

const get = (http: UndiciHttp, url: string, more: object = {}) => http.request({ method: 'GET', url, timeoutMs: 5_000, ...more });
const via = (address: string, more: object = {}) => new UndiciHttp({ env: { HTTP_PROXY: address, HTTPS_PROXY: address }, ...more });

describe('requests through a proxy', () => {
  test('for http ask it for the whole address', async () => {
    expect((await get(via(proxy.host), 'http://app.example/up?x=1')).body).toBe('app.example /up?x=1 undefined');
    expect(proxy.log.at(-1)).toBe('GET http://app.example/up?x=1');
  });

  test('with a password give it to the proxy alone', async () => {
    expect((await get(via(`http://me:canary%20word@${guarded.host}`), 'http://app.example/')).body).toBe('app.example / undefined');
    expect((await get(via(guarded.host), 'http://app.example/')).status).toBe(407);
  });

  test('that it does not let through name the proxy and its variable, and what to do', async () => {
    await expect(get(via(proxy.host), 'https://elsewhere.example/')).rejects.toMatchObject({
      code: 'Proxy',
      message: `GET https://elsewhere.example/: the proxy did not lead there (the proxy ${proxy.host} of HTTPS_PROXY answered 403: it does not let this runner go there (asked for elsewhere.example:443))`,
      hint: expect.stringContaining('env: {HTTPS_PROXY: "http://proxy.example.com:3128"'),
    });
    await expect(get(via(guarded.host), 'https://elsewhere.example/')).rejects.toThrow(
      'answered 407: it asks for a user name and a password',
    );
    await expect(get(via('127.0.0.1:1'), 'https://elsewhere.example/')).rejects.toThrow(
      /the proxy 127\.0\.0\.1:1 of HTTPS_PROXY cannot be reached/,
    );
  });

  test('are not made where the client or the request says so, nor where an address is given', async () => {
    const direct = via(proxy.host, { proxied: false });
    const seen = proxy.log.length;
    await expect(get(direct, 'http://app.example.invalid/')).rejects.toMatchObject({ code: 'Dns' });
    await expect(get(via(proxy.host), 'http://app.example:1/', { address: '127.0.0.1' })).rejects.toMatchObject({ code: 'Refused' });
    expect(proxy.log.length).toBe(seen);
    expect((await get(direct, 'http://app.example/', { proxy: true })).status).toBe(200);
  });
});
