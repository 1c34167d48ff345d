import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcp, connect as netConnect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '../../../src/interfaces/errors.ts';
import { UndiciHttp } from '../../../src/tools/http.ts';

const http = new UndiciHttp();
let server: Server;
let port: number;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/slow') return;
    if (request.url === '/cut') {
      request.socket.destroy();
      return;
    }
    if (request.url === '/big') {
      response.end('x'.repeat(5_000_000));
      return;
    }
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      response.writeHead(302, { location: '/elsewhere', 'set-cookie': ['a=1', 'b=2'], 'X-Version': 'v1' });
      response.end(JSON.stringify({ method: request.method, url: request.url, host: request.headers.host, body }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const get = (path: string, more: object = {}) =>
  http.request({ method: 'GET', url: `http://127.0.0.1:${port}${path}`, timeoutMs: 5000, ...more });

describe('a request', () => {
  test('gives status, headers and body, and follows nothing', async () => {
    const answer = await http.request({
      method: 'POST',
      url: `http://127.0.0.1:${port}/a?b=c`,
      body: 'hello',
      headers: { host: 'app.example' },
      timeoutMs: 5000,
    });
    expect(answer).toMatchObject({ status: 302, headers: { location: '/elsewhere', 'x-version': 'v1', 'set-cookie': 'a=1, b=2' } });
    expect(JSON.parse(answer.body)).toEqual({ method: 'POST', url: '/a?b=c', host: 'app.example', body: 'hello' });
    expect(answer.durationMs).toBeGreaterThan(0);
  });

  test('can be sent to an address, the name stays', async () => {
    const answer = await http.request({ method: 'GET', url: `http://todo.invalid:${port}/`, address: '127.0.0.1', timeoutMs: 5000 });
    expect(JSON.parse(answer.body)).toMatchObject({ host: `todo.invalid:${port}` });
  });

  test('can go through a stream that someone else has opened', async () => {
    const answer = await http.request({
      method: 'GET',
      url: 'http://pod:8080/x',
      timeoutMs: 5000,
      connect: async () => netConnect(port, '127.0.0.1'),
    });
    expect(JSON.parse(answer.body)).toMatchObject({ host: 'pod:8080', url: '/x' });
  });

  test('reads no more of the body than asked for', async () => {
    expect((await get('/big', { maxBytes: 1000 })).body).toHaveLength(1000);
    expect((await get('/big')).body).toHaveLength(1024 * 1024);
  });
});

describe('a failure says which part of the way it was', () => {
  test('refused', async () => {
    const closed = createTcp();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const free = (closed.address() as AddressInfo).port;
    await new Promise((resolve) => closed.close(resolve));
    await expect(http.request({ method: 'GET', url: `http://127.0.0.1:${free}/`, timeoutMs: 5000 })).rejects.toMatchObject({
      status: 0,
      code: 'Refused',
      message: `GET http://127.0.0.1:${free}/: connection refused`,
    });
  });

  test('name', async () => {
    const error = http.request({ method: 'GET', url: 'http://no-such-host.invalid/', timeoutMs: 5000 });
    await expect(error).rejects.toMatchObject({ code: 'Dns', message: expect.stringContaining('the name does not resolve') });
  });

  test('time', async () => {
    await expect(get('/slow', { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'Timeout',
      message: expect.stringContaining('no answer within 0.2 s'),
    });
  });

  test('closed without an answer', async () => {
    await expect(get('/cut')).rejects.toMatchObject({ code: 'Reset' });
  });

  test('TLS', async () => {
    await expect(http.request({ method: 'GET', url: `https://127.0.0.1:${port}/`, timeoutMs: 5000 })).rejects.toMatchObject({
      code: 'Tls',
    });
  });

  test('a stream that cannot be opened gives its own reason', async () => {
    const connect = async () => netConnect(1, '127.0.0.1');
    await expect(get('/', { connect })).rejects.toMatchObject({ code: 'Refused' });
  });

  test('cancelled: the signal’s own reason', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(new RangeError('stop')), 50);
    await expect(get('/slow', { signal: stop.signal })).rejects.toThrow(RangeError);
  });

  test('no address at all', async () => {
    await expect(http.request({ method: 'GET', url: 'file:///etc/passwd', timeoutMs: 100 })).rejects.toThrow(ConfigurationError);
  });
});
