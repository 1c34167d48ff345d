import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { RegistrySession } from '../../../../src/tools/registry/session.ts';

let server: Server | undefined;
afterEach(() => new Promise<void>((resolve) => server?.close(() => resolve()) ?? resolve()));

/** Asks everyone to get a token at `realm`, as an attacker's registry would. */
async function asking(realm: (host: string) => string): Promise<{ host: string; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  let host = '';
  server = createServer((request, response) => {
    seen.push(request);
    const token = request.url?.startsWith('/token') === true;
    if (!token && request.headers.authorization === undefined)
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm(host)}"` });
    response.end(token ? '{"token":"t"}' : '{}');
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return { host, seen };
}

async function ask(host: string, env: Record<string, string> = {}): Promise<number> {
  const login = { username: 'me', password: 'canary-password' };
  const session = new RegistrySession(host, { env, login: async () => login, errors: () => undefined });
  const place = { registry: host, host, path: 'acme/web' };
  try {
    return (await session.send(place, { method: 'GET', path: '/v2/acme/web/tags/list', action: 'pull', accept: [200], what: 'tags' }))
      .status;
  } finally {
    await session.close();
  }
}

describe('the password goes over plain http', () => {
  test('to this machine', async () => {
    const { host, seen } = await asking((own) => `http://${own}/token`);
    expect(await ask(host)).toBe(200);
    expect(seen.find(({ url }) => url?.startsWith('/token'))?.headers.authorization).toMatch(/^Basic /);
  });

  test('to no other host, even where the registry is on this machine', async () => {
    const { host, seen } = await asking(() => 'http://tokens.example.invalid/token');
    await expect(ask(host)).rejects.toMatchObject({
      message: 'The registry asks for a token from "http://tokens.example.invalid/token", which is not an https address',
      hint: expect.stringContaining('TODO_DEPLOY_PLAIN_HTTP: "<registry>,tokens.example.invalid"'),
    });
    expect(seen.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  });

  test('unless that host is named', async () => {
    const { host } = await asking(() => 'http://tokens.example.invalid/token');
    // It is asked now, and there is no such host.
    await expect(ask(host, { TODO_DEPLOY_PLAIN_HTTP: 'tokens.example.invalid' })).rejects.toMatchObject({
      message: expect.not.stringContaining('https'),
    });
  });
});
