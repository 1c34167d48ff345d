import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Backend, BackendError } from '../server/backend.ts';

/** Runs `use` against a real server on loopback. */
async function served(listener: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a call brings data and the version that answered', async () => {
  const seen: string[] = [];
  await served(
    (request, response) => {
      seen.push(`${request.method} ${request.url}`);
      response.setHeader('X-App-Version', 'v2').end(JSON.stringify({ items: [], total: 0, page: 3, size: 20 }));
    },
    async (url) => {
      const { data, version } = await new Backend(`${url}/`).list(3);
      assert.equal(data.page, 3);
      assert.equal(version, 'v2');
    },
  );
  assert.deepEqual(seen, ['GET /api/todos?page=3&size=20']);
});

test("the backend's own words reach the user", async () => {
  await served(
    (_, response) => response.writeHead(422).end(JSON.stringify({ detail: [{ msg: 'too long' }, { msg: 'too dull' }] })),
    async (url) => {
      await assert.rejects(
        new Backend(url).add('x'),
        (error: BackendError) => error.status === 422 && error.message === 'too long; too dull',
      );
    },
  );
});

test('an unreachable or silent backend is a 502 with the reason', async () => {
  let closed = '';
  await served(
    () => undefined,
    async (url) => {
      closed = url;
    },
  );
  await assert.rejects(new Backend(closed).health(), (error: BackendError) => error.status === 502 && /ECONNREFUSED/.test(error.message));
  await served(
    () => undefined,
    async (url) => {
      await assert.rejects(
        new Backend(url, fetch, 50).health(),
        (error: BackendError) => error.status === 502 && /timeout/i.test(error.message),
      );
    },
  );
});

test('an empty answer is no data', async () => {
  await served(
    (_, response) => response.writeHead(204).end(),
    async (url) => assert.equal((await new Backend(url).remove(4)).data, null),
  );
});

test('a connection closed without an answer: asked again, unless that would add twice', async () => {
  let calls = 0;
  await served(
    (request, response) => {
      calls += 1;
      if (calls === 1 || request.method === 'POST') request.socket.destroy();
      else response.end(JSON.stringify({ status: 'healthy' }));
    },
    async (url) => {
      assert.equal((await new Backend(url).health()).data.status, 'healthy');
      assert.equal(calls, 2);
      await assert.rejects(new Backend(url).add('x'), BackendError);
      assert.equal(calls, 3);
    },
  );
});
