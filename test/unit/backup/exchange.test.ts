import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { exchanged } from '../../../src/backup/beside/with-job.ts';
import { answerTo } from '../../../src/backup/index.ts';
import type { Beside } from '../../../src/backup/model.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { exchange } from '../../../src/tools/exchange-server.ts';
import { logBy } from '../../support/log.ts';

const ID = '000042-20260301T030000Z-7f3a9c';

describe('a Job is told what goes with its backup', () => {
  const BESIDE: Beside = { velero: { namespace: 'velero', name: 'b' } };
  async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    return typeof address === 'object' ? (address?.port ?? 0) : 0;
  }
  const lines: string[] = [];
  const tools = (signal: AbortSignal) => ({
    kubernetes: undefined as never,
    clock: systemClock,
    log: logBy((line) => void lines.push(line)),
    signal,
  });

  test('by its id, over connections that break, and is asked and told again where the answer was lost', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'exchange-'));
    const readyFile = join(folder, 'ready');
    const port = await freePort();
    const stop = new AbortController();
    const answer = exchange({ answerTo: (line) => answerTo(ID, line), port, readyFile, signal: stop.signal });
    while (!existsSync(readyFile)) await systemClock.sleep(10);
    const open = async () => connect(port, '127.0.0.1');
    let tries = 0;
    const made: string[] = [];
    // The first connection of each kind breaks before anything has come.
    const broken = async () => {
      const socket = await open();
      if (tries++ % 2 === 0) socket.destroy();
      return socket;
    };
    const make = async (id: string) => {
      made.push(id);
      return BESIDE;
    };
    await exchanged(broken, tools(stop.signal), make);
    expect([made, await answer]).toEqual([[ID], BESIDE]);
    // It goes on answering; what is no line for it ends the connection.
    await exchanged(open, tools(stop.signal), make);
    const stranger = await open();
    stranger.write(`{"schema":1,"backup":"000043-20260301T030000Z-7f3a9c"}\n`);
    expect(await new Promise((resolve) => stranger.once('close', resolve).resume())).toBe(false);
    stop.abort();
    expect(existsSync(readyFile)).toBe(false);
    rmSync(folder, { recursive: true });
  });

  test('and where it is over meanwhile, its end tells', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'exchange-'));
    const port = await freePort();
    const stop = new AbortController();
    const answer = exchange({ answerTo: (line) => answerTo(ID, line), port, readyFile: join(folder, 'ready'), signal: stop.signal });
    answer.catch(() => undefined);
    while (!existsSync(join(folder, 'ready'))) await systemClock.sleep(10);
    const open = async () => connect(port, '127.0.0.1');
    await exchanged(open, tools(AbortSignal.timeout(20_000)), async () => {
      stop.abort(new Error('over'));
      return BESIDE;
    });
    await expect(answer).rejects.toThrow('over');
    expect(lines.at(-1)).toContain('Whether the Job knows what goes with the backup shows at its end');
    rmSync(folder, { recursive: true });
  });

  test('a port that is taken is an error', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const stop = new AbortController();
    const answer = exchange({ answerTo: (line) => answerTo(ID, line), port, readyFile: '/nonexistent/ready', signal: stop.signal });
    await expect(answer).rejects.toThrow(`Port ${port} cannot be listened on`);
    server.close();
  });
});
