import { mkdtempSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { LoadPlan } from '../../demo/load/model.ts';
import { RunningLoad } from '../../demo/load/run.ts';

/** The load generator is what "no request lost" rests on: it has to see every kind of loss. */
describe('load generator', () => {
  let server: http.Server | undefined;
  afterEach(() => {
    server?.close();
  });

  async function run(answer: http.RequestListener, plan: Partial<LoadPlan> = {}) {
    server = http.createServer(answer);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const load = new RunningLoad(
      {
        targets: [`http://127.0.0.1:${port}`],
        host: 'todo.test',
        paths: ['/a', '/b'],
        sources: ['127.0.0.2', '127.0.0.3'],
        rate: 400,
        maxSeconds: 10,
        maxRequests: 200,
        timeoutMs: 500,
        versionHeader: 'x-app-version',
        ...plan,
      },
      join(mkdtempSync(join(tmpdir(), 'load-')), 'result.json'),
    );
    return load.finished();
  }

  test('counts answers by version, from every source and path', async () => {
    const seen = new Set<string>();
    let count = 0;
    const result = await run((request, response) => {
      seen.add(`${request.socket.remoteAddress} ${request.url} ${request.headers.host}`);
      response.setHeader('x-app-version', count++ < 50 ? 'one' : 'two').end('{}');
    });
    expect(result).toMatchObject({ sent: 200, answered: 200, lost: 0, mixed: 0, versions: { one: 50, two: 150 } });
    expect([...seen].sort()).toEqual([
      '127.0.0.2 /a todo.test',
      '127.0.0.2 /b todo.test',
      '127.0.0.3 /a todo.test',
      '127.0.0.3 /b todo.test',
    ]);
    expect(result.buckets.flatMap((bucket) => Object.values(bucket.versions)).reduce((a, b) => a + b)).toBe(200);
  });

  test('counts a request where it was sent, not where its answer came', async () => {
    let count = 0;
    let release = () => {};
    const result = await run(
      (_, response) => {
        const first = count++ === 0;
        const answer = () => response.setHeader('x-app-version', first ? 'held' : 'prompt').end('{}');
        // The first request is answered when all others have been.
        if (first) release = answer;
        else answer();
        if (count === 200) release();
      },
      { timeoutMs: 5_000 },
    );
    expect(result.versions).toEqual({ held: 1, prompt: 199 });
    expect(result.buckets.findIndex(({ versions }) => versions.held === 1)).toBe(0);
  });

  test.each<[string, http.RequestListener, RegExp]>([
    ['an error status', (_, response) => response.writeHead(503).end('no backend'), /status 503: no backend/],
    ['a closed connection', (request) => request.socket.destroy(), /hang up|ECONNRESET/],
    [
      'an answer cut off',
      (request, response) => response.writeHead(200, { 'content-length': '10' }).write('abc', () => request.socket.destroy()),
      /aborted|cut off|ECONNRESET/,
    ],
    ['no answer', () => {}, /no answer within 500 ms/],
  ])('sees %s as lost', async (_, answer, reason) => {
    const result = await run(answer, { maxRequests: 20 });
    expect(result).toMatchObject({ sent: 20, answered: 0, lost: 20 });
    expect(result.losses[0]?.reason).toMatch(reason);
  });

  test.each([
    ['{"frontend":"v1","backend":"v2"}', 20],
    ['{"frontend":"v1","backend":"v1"}', 0],
    ['{"version":"v1","backend":{"version":"v2"}}', 20],
    ['{"version":"v1","backend":{"version":"v1"}}', 0],
    ['{"service":"backend","version":"v1"}', 0],
  ])('of answers %s, %i of 20 were made by two versions', async (body, mixed) => {
    const result = await run((_, response) => response.end(body), { maxRequests: 20 });
    expect(result).toMatchObject({ answered: 20, mixed });
  });
});
