import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { NODE, POD } from '../../../src/deploy/kube/names.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { access, failure, kubeconfig, workplace } from '../support/api.ts';

const { namespace, kubernetes } = workplace('td-port-forward');
const node = `stand-in-${randomUUID().slice(0, 8)}`;
const told: string[] = [];
const client = new KubernetesClient(access, { namespace, onHiccup: (line) => told.push(line) });

/** What this node's kubelet answers instead of opening a port-forward, one after the other; it opens it where there is nothing more. */
const refusals: (string | 'reset')[] = [];
let kubelet: Server;

/** The kubelet's end of a port-forward: it greets on both channels, and echoes what comes on the first. */
function openPortForward(): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true });
  sockets.on('connection', (socket) => {
    for (const channel of [0, 1]) socket.send(Buffer.of(channel, 80, 0));
    socket.on('message', (data: Buffer) => data[0] === 0 && socket.send(data));
  });
  return sockets;
}

beforeAll(async () => {
  const certs = join(dirname(kubeconfig), 'certs');
  const [cert, key] = ['apiserver.crt', 'apiserver.key'].map((file) => readFileSync(join(certs, file)));
  const sockets = openPortForward();
  kubelet = createServer({ cert, key });
  kubelet.on('upgrade', (request, socket: Socket, head) => {
    const refusal = refusals.shift();
    if (refusal === 'reset') socket.destroy();
    else if (refusal !== undefined)
      socket.end(`HTTP/1.1 ${refusal}\r\nContent-Type: text/plain\r\nContent-Length: 8\r\nConnection: close\r\n\r\ninjected`);
    else sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened));
  });
  await once(kubelet.listen(0, '127.0.0.1'), 'listening');
  const { port: Port } = kubelet.address() as AddressInfo;
  await kubernetes.create({ ...NODE, metadata: { name: node } });
  const status = { addresses: [{ type: 'InternalIP', address: '127.0.0.1' }], daemonEndpoints: { kubeletEndpoint: { Port } } };
  await kubernetes.patch({ ...NODE, name: node }, { status }, { type: 'merge', subresource: 'status' });
  const containers = [{ name: 'web', image: 'web' }];
  await kubernetes.create({ ...POD, metadata: { name: 'web' }, spec: { nodeName: node, containers } });
  await kubernetes.patch({ ...POD, name: 'web' }, { status: { phase: 'Running' } }, { type: 'merge', subresource: 'status' });
});
afterAll(async () => {
  await client.close();
  kubelet.closeAllConnections();
  kubelet.close();
  await kubernetes.delete({ ...NODE, name: node });
});

async function echoed(): Promise<string> {
  const stream = await client.portForward({ name: 'web' }, 80);
  stream.write('hello');
  const [chunk] = await once(stream, 'data');
  stream.destroy();
  return String(chunk);
}

test.each(['500 Internal Server Error', '503 Service Unavailable', '429 Too Many Requests', 'reset'])(
  'a port-forward that fails to open once (%s) is opened again',
  async (refusal) => {
    told.length = 0;
    refusals.push(refusal);
    expect(await echoed()).toBe('hello');
    expect(refusals).toEqual([]);
    expect(told).toEqual([expect.stringContaining('Port-forward to pod web port 80')]);
  },
);

test('one that does not open at all says what was asked and answered', async () => {
  refusals.push(...Array.from({ length: 3 }, () => '500 Internal Server Error'));
  const { message } = await failure(client.portForward({ name: 'web' }, 80));
  expect(message).toMatch(/^Port-forward to pod web port 80: the API server answered 500: injected \(3 attempts in \d+ s\)$/);
  expect(refusals).toEqual([]);
});
