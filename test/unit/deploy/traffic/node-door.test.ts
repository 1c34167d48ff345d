import { describe, expect, test } from '@jest/globals';
import { Recorder } from '../../../../src/deploy/run/run.ts';
import { type NodeDoorRun, nodeDoorUrl } from '../../../../src/deploy/traffic/node-door.ts';
import { HttpError } from '../../../../src/interfaces/errors.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';

const WEB = { service: 'web', port: 80, scheme: 'http' } as const;
const node = (name: string, address: string, ready = 'True', type = 'InternalIP') => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  status: { conditions: [{ type: 'Ready', status: ready }], addresses: [{ type, address }] },
});

interface World {
  nodes?: KubernetesObject[] | HttpError;
  nodePort?: number;
  /** Hosts that take connections, from which round on. */
  open?: Readonly<Record<string, number>>;
  serverHost?: string;
}

async function ask({ nodes = [node('a', '10.0.0.1'), node('b', '10.0.0.2')], nodePort, open = {}, serverHost = '' }: World, doors = [WEB]) {
  let round = 1;
  const asked: string[] = [];
  const run = {
    report: new Recorder(),
    serverHost,
    signal: new AbortController().signal,
    clock: { sleep: async () => void round++ },
    connects: async (host: string, port: number) => {
      asked.push(`${host} ${port}`);
      return round >= (open[host] ?? Number.POSITIVE_INFINITY);
    },
    kubernetes: {
      get: async () =>
        nodePort === undefined
          ? undefined
          : {
              spec: {
                ports: [
                  { port: 9000, nodePort: 1 },
                  { port: 80, nodePort },
                ],
              },
            },
      list: async () => {
        if (nodes instanceof HttpError) throw nodes;
        return { items: nodes };
      },
    },
  };
  const found = await nodeDoorUrl(run as unknown as NodeDoorRun, doors);
  return { ...found, asked, round, notes: run.report.notes };
}

describe('the door by the nodes', () => {
  test.each<[string, World, string]>([
    ['the first node that answers', { nodePort: 30_300, open: { '10.0.0.2': 1 } }, 'http://10.0.0.2:30300'],
    ['the first of two', { nodePort: 30_300, open: { '10.0.0.1': 1, '10.0.0.2': 1 } }, 'http://10.0.0.1:30300'],
    [
      'this machine, in front of the nodes',
      { nodePort: 30_300, open: { '127.0.0.1': 1 }, serverHost: '127.0.0.1' },
      'http://127.0.0.1:30300',
    ],
    ['a node by IPv6', { nodes: [node('a', 'fd00::1')], nodePort: 30_300, open: { 'fd00::1': 1 } }, 'http://[fd00::1]:30300'],
    [
      'by the API server’s host, where the nodes may not be read',
      { nodes: new HttpError('forbidden', { status: 403 }), nodePort: 30_300, open: { 'node.home': 1 }, serverHost: 'node.home' },
      'http://node.home:30300',
    ],
    ['late, since kube-proxy follows', { nodePort: 30_300, open: { '10.0.0.1': 3 } }, 'http://10.0.0.1:30300'],
  ])('%s', async (_name, world, expected) => expect((await ask(world)).url).toBe(expected));

  test('a node that is not ready is not asked', async () => {
    const nodes = [node('a', '10.0.0.1', 'False'), node('b', '10.0.0.2')];
    expect((await ask({ nodes, nodePort: 30_300, open: { '10.0.0.2': 1 } })).asked).toEqual(['10.0.0.2 30300']);
  });

  test.each<[string, World, { service: string; port: number; scheme: 'http' }[] | undefined, string]>([
    ['there are several', {}, [WEB, { ...WEB, service: 'api' }], 'Several Services have node ports (web, api): set the input "url"'],
    ['it has no port yet', {}, undefined, 'Service web has no node port yet'],
    [
      'nothing answers',
      { nodePort: 30_300 },
      undefined,
      'Service web has the node port 30300, and nothing takes connections there from here (10.0.0.1, 10.0.0.2)',
    ],
    ['nobody is known', { nodes: [], nodePort: 30_300 }, undefined, 'from here (no address is known)'],
  ])('there is none where %s, and that is said', async (_name, world, doors, why) => {
    const found = await ask(world, doors as [typeof WEB]);
    expect([found.url, found.why]).toEqual([undefined, expect.stringContaining(why)]);
  });

  test('it is given up after some rounds', async () => expect((await ask({ nodePort: 30_300 })).round).toBe(4));

  test('what may not be read is noted', async () => {
    const { notes } = await ask({ nodes: new HttpError('forbidden', { status: 403 }), nodePort: 30_300 });
    expect(notes).toEqual(['Not checked, since the account may not read it: the addresses of the nodes, for the node port']);
  });
});
