import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { NodeProcessRunner } from '../../../../src/tools/process.ts';
import { RegistryClient } from '../../../../src/tools/registry/client.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const descriptor = (digit: string) => ({
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest: `sha256:${digit.repeat(64)}`,
  size: 2,
});

let server: Server | undefined;
afterEach(() => void server?.close());

/** A server that lists these pages of referrers, each with a link to the next, the last one with `last`. */
async function listing(pages: readonly object[][], last?: string): Promise<string> {
  server = createServer(({ url = '' }, response) => {
    const page = Number(new URL(url, 'http://x').searchParams.get('n') ?? 0);
    const next = page + 1 < pages.length ? `/v2/a/referrers/${DIGEST}?n=${page + 1}` : last;
    if (next !== undefined) response.setHeader('link', `<${next}>; rel="next"`);
    response.end(JSON.stringify({ schemaVersion: 2, manifests: pages[page] }));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}/a`;
}

async function referrers(repository: string): Promise<string[]> {
  const client = new RegistryClient({ runner: new NodeProcessRunner({ env: {} }), dockerConfig: '/no/such/folder', env: {} });
  try {
    return (await client.referrers(repository, DIGEST)).map(({ digest }) => digest.slice(-1));
  } finally {
    await client.close();
  }
}

test('referrers are listed page by page', async () => {
  expect(await referrers(await listing([[descriptor('1')], [descriptor('2'), descriptor('3')], []]))).toEqual(['1', '2', '3']);
});

test('a page that leads to itself ends the list', async () => {
  const first = `/v2/a/referrers/${DIGEST}`;
  expect(await referrers(await listing([[descriptor('1')], [descriptor('2')]], first))).toEqual(['1', '2']);
});
