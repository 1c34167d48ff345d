import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { POD } from '../../../../src/deploy/kube/names.ts';
import { KubernetesClient } from '../../../../src/tools/kubernetes/client.ts';
import { loadKubeconfig } from '../../../../src/tools/kubernetes/load.ts';

/** Longer than the wait before a second attempt. */
const REPEATED_MS = 600;

test('a request under way when the client is closed is no hiccup, and is not sent again', async () => {
  const asked: string[] = [];
  const server = createServer(({ url = '' }) => void asked.push(url));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const content = stringify({
      clusters: [{ name: 'one', cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: 'one', user: {} }],
      contexts: [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
      'current-context': 'one',
    });
    const told: string[] = [];
    const client = new KubernetesClient(loadKubeconfig({ content }), { namespace: 'shop', onHiccup: (line) => void told.push(line) });
    const listing = client.list(POD).then(
      () => 'answered',
      (error: Error) => error.message,
    );
    await once(server, 'request');
    await client.close();
    await delay(REPEATED_MS);
    expect([told, asked]).toEqual([[], ['/api/v1']]);
    expect(await listing).toContain('aborted');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
