import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { connects, hostOfServer } from '../../../src/tools/connects.ts';

test('a port that is open, and the same when it is closed', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  expect(await connects('127.0.0.1', port)).toBe(true);
  server.close();
  await once(server, 'close');
  expect(await connects('127.0.0.1', port)).toBe(false);
  expect(await connects('no-such-host.invalid', port)).toBe(false);
});

test.each([
  ['https://172.18.0.2:6443', '172.18.0.2'],
  ['https://0.0.0.0:42313', 'localhost'],
  ['https://[fd00::1]:6443', 'fd00::1'],
  ['https://kubernetes.docker.internal:6443', 'kubernetes.docker.internal'],
  ['nothing', ''],
])('%s is reached at %s', (server, host) => expect(hostOfServer(server)).toBe(host));
