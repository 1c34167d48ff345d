import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { nameVersion } from '../server/naming.ts';

test('every answer names the version, whoever makes it', async () => {
  const server = createServer((_, response) => response.writeHead(404).end()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    nameVersion('abc');
    const { port } = server.address() as AddressInfo;
    assert.equal((await fetch(`http://127.0.0.1:${port}/nothing`)).headers.get('X-App-Version'), 'abc');
  } finally {
    server.close();
  }
});
