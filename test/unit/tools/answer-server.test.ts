import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { serveAnswer } from '../../../src/tools/answer-server.ts';
import { freePort } from '../../support/ports.ts';

let folder: string;
let port: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'todo-deploy-answer-'));
  port = await freePort();
});
afterEach(() => rmSync(folder, { recursive: true }));

test('everybody who connects gets the whole text, until it is ended', async () => {
  const readyFile = join(folder, 'ready');
  const text = 'x'.repeat(4_000_000);
  const stop = new AbortController();
  const serving = serveAnswer({ text, port, readyFile, signal: stop.signal });
  while (!existsSync(readyFile)) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const _ of [1, 2]) expect((await textOf(connect(port, '127.0.0.1'))) === text).toBe(true);
  stop.abort();
  await serving;
  expect(existsSync(readyFile)).toBe(false);
  await expect(textOf(connect(port, '127.0.0.1'))).rejects.toThrow('ECONNREFUSED');
});

test('a port that is taken is said', async () => {
  const readyFile = join(folder, 'ready');
  const stop = new AbortController();
  const first = serveAnswer({ text: '', port, readyFile, signal: stop.signal });
  while (!existsSync(readyFile)) await new Promise((resolve) => setTimeout(resolve, 5));
  await expect(serveAnswer({ text: '', port, readyFile: join(folder, 'other'), signal: stop.signal })).rejects.toThrow(`Port ${port}`);
  stop.abort();
  await first;
});
