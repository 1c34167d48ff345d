import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ActionResult, runAction } from '../support/action.ts';

let server: Server;
let base: string;
let requests: IncomingMessage[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  requests = [];
  answer = (_, response) => {
    response.writeHead(200, { 'x-version': 'abc' }).end('{"status":"healthy","items":[{"id":7}]}');
  };
  server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function smokeTest(smoke: unknown, inputs: Record<string, string> = {}, onStart?: (pid: number) => void): Promise<ActionResult> {
  return runAction({
    action: 'actions/smoke-test',
    inputs: { smoke: JSON.stringify(smoke), retries: '2', interval: '50ms', timeout: '10s', ...inputs },
    env: { GITHUB_ACTIONS: 'true', KUBECONFIG: '/nowhere' },
    onStart: (child) => onStart?.(child.pid ?? 0),
  });
}

const errors = (result: ActionResult): string[] => result.log.filter((line) => line.startsWith('::error'));

describe('smoke-test', () => {
  test('passes: outputs, table and report say so', async () => {
    const check = { url: `${base}/health`, json: { status: 'healthy', 'items[0].id': 7 }, headers: { 'X-Version': 'abc' }, 'max-ms': 5000 };
    const result = await smokeTest([check, { path: '/other', 'request-headers': { authorization: 'Bearer x' } }], { url: base });
    expect(errors(result)).toEqual([]);
    expect([result.exitCode, result.outputs.passed, result.outputs['failed-checks']]).toEqual([0, 'true', '']);
    expect(requests.map((request) => request.url).sort()).toEqual(['/health', '/other']);
    expect(requests.find((request) => request.url === '/other')?.headers.authorization).toBe('Bearer x');
    expect(result.summary).toContain('Smoke test: passed');
    const report = JSON.parse(readFileSync(result.outputs['report-file'] ?? '', 'utf8'));
    expect(report.results.map((entry: { attempts: number; status: number }) => [entry.attempts, entry.status])).toEqual([
      [1, 200],
      [1, 200],
    ]);
  });

  test('a version that comes late is waited for', async () => {
    answer = (_, response) => response.writeHead(requests.length < 3 ? 503 : 200).end();
    const result = await smokeTest([{ url: base }]);
    expect([result.exitCode, requests.length]).toEqual([0, 3]);
  });

  test('is red with one annotation: check, expected, seen', async () => {
    answer = (_, response) => response.writeHead(503).end('{"status":"down"}');
    const result = await smokeTest([{ name: 'backend', url: base, status: 200, json: { status: 'healthy' } }]);
    expect(errors(result)).toHaveLength(1);
    expect(errors(result)[0]).toContain(
      `Check "backend" failed on ${base} after 3 tries: status: expected 200, got 503; json status: expected "healthy", got "down"`,
    );
    expect([result.exitCode, result.outputs.passed, result.outputs['failed-checks']]).toEqual([1, 'false', 'backend']);
    expect(result.summary).toContain('1 of 1 checks failed');
  });

  test('a server that hangs costs no more than the time limit', async () => {
    answer = () => undefined;
    const result = await smokeTest([{ url: base }], { timeout: '2s', retries: '100' });
    expect(errors(result)[0]).toMatch(/Check "GET http:.*" failed on .*: GET .*(time|answer)/i);
  });

  test('a refused connection is named', async () => {
    const result = await smokeTest([{ url: 'http://127.0.0.1:1/' }], { retries: '0' });
    expect(errors(result)[0]).toContain('after 1 try: GET http://127.0.0.1:1/: connection refused');
  });

  test('a redirect is an answer, and is not followed', async () => {
    answer = (_, response) => response.writeHead(302, { location: '/login' }).end();
    const result = await smokeTest([
      { url: base, status: 302, headers: { location: '/login$/' } },
      { url: base, status: 200 },
    ]);
    expect(errors(result)[0]).toContain('status: expected 200, got 302');
    expect(requests.every((request) => request.url === '/')).toBe(true);
  });

  test('what a server sends can neither command the runner nor break the page', async () => {
    answer = (_, response) => response.writeHead(500).end('::set-output name=x::y\n##[error]no\n</details><img src=x>| a |');
    const result = await smokeTest([{ url: base, json: { a: 1 } }], { retries: '0' });
    expect(result.log.filter((line) => /^(::set-output|##\[)/.test(line))).toEqual([]);
    expect(result.summary).not.toMatch(/^<\/details><img/m);
    expect(result.summary.split('\n').filter((line) => line.startsWith('| ✗'))).toHaveLength(1);
  });

  test('cancelling ends it at once', async () => {
    answer = () => undefined;
    const result = await smokeTest([{ url: base }], { timeout: '10m' }, async (pid) => {
      while (requests.length === 0) await delay(20);
      process.kill(pid, 'SIGINT');
    });
    expect(result.exitCode).toBe(1);
    expect(errors(result)[0]).toContain('cancelled');
  });
});
