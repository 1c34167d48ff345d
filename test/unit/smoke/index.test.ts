import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Http } from '../../../src/interfaces/http.ts';
import type { Log } from '../../../src/interfaces/log.ts';
import { describeFailure, parseSmoke, runChecks } from '../../../src/smoke/index.ts';

/** Time that passes only when slept; requests are real. */
class TestClock {
  time = 0;
  slept: number[] = [];
  now(): number {
    return this.time;
  }
  elapsed = (): number => this.time;
  async sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.time += ms;
  }
}

const http: Http = {
  request: ({ method, url, headers }) =>
    new Promise((resolve, reject) => {
      request(url, { method, headers: headers ?? {} }, async (response) =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string>,
          body: await text(response),
          durationMs: 1,
        }),
      )
        .on('error', reject)
        .end();
    }),
};

let server: Server;
let base: string;
let answers: number[];
let lines: string[];
let clock: TestClock;
const log = { info: (line: string) => lines.push(line) } as unknown as Log;

beforeEach(async () => {
  answers = [];
  lines = [];
  clock = new TestClock();
  server = createServer((_, response) => response.writeHead(answers.shift() ?? 200).end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
});

const common = () => ({ http, clock, log, retries: 3, intervalMs: 100, timeoutMs: 10_000 });
const toServer = async () => [{ label: 'server', baseUrl: base }];

describe('running checks', () => {
  test('a check that fails at first passes on a later try', async () => {
    answers = [503, 503];
    const results = await runChecks({ ...common(), checks: parseSmoke('/a'), targetsFor: toServer });
    expect(results).toEqual([
      { check: 'GET /a', target: 'server', url: `${base}/a`, passed: true, attempts: 3, status: 200, durationMs: 1, body: 'hello' },
    ]);
    expect(clock.slept).toEqual([100, 100]);
    expect(lines).toEqual(['ok      GET /a (server): 200 in 1 ms, try 3']);
  });

  test('the tries are used up', async () => {
    answers = [503, 503, 503, 500];
    const results = await runChecks({ ...common(), checks: parseSmoke('/a'), targetsFor: toServer });
    expect(describeFailure(results)).toBe('Check "GET /a" failed on server after 4 tries: status: expected 200–399, got 500');
  });

  test('the time is used up before the tries are', async () => {
    answers = Array.from({ length: 50 }, () => 503);
    const results = await runChecks({ ...common(), retries: 50, timeoutMs: 350, checks: parseSmoke('/a'), targetsFor: toServer });
    expect(results[0]?.attempts).toBe(4);
  });

  test('every target is asked, each failure counted', async () => {
    const targetsFor = async () => ['a', 'b'].map((label) => ({ label, baseUrl: 'http://127.0.0.1:1' }));
    const results = await runChecks({ ...common(), retries: 0, checks: parseSmoke('/x'), targetsFor });
    expect(results.map((result) => [result.target, result.passed])).toEqual([
      ['a', false],
      ['b', false],
    ]);
    expect(describeFailure(results)).toMatch(/^Check "GET \/x" failed on a after 1 try: .*ECONNREFUSED.* \(and 1 more\)$/);
  });

  test('no target is a failure, after waiting for one', async () => {
    let asked = 0;
    const targetsFor = async () => {
      asked++;
      return [];
    };
    const results = await runChecks({ ...common(), checks: parseSmoke({ service: 'web' }), targetsFor });
    expect([asked, results[0]?.failure]).toEqual([4, 'no ready pod or address to send the check to']);
  });

  test('a cancelled run rejects with the reason', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const targetsFor = async () => {
      controller.abort(reason);
      return toServer();
    };
    await expect(runChecks({ ...common(), checks: parseSmoke('/a'), targetsFor, signal: controller.signal })).rejects.toBe(reason);
  });
});
