import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import type { HttpError } from '../../../src/interfaces/errors.ts';
import type { PartChart } from '../../../src/interfaces/helm.ts';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { HelmCli } from '../../../src/tools/helm/cli.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { loadKubeconfig } from '../../../src/tools/kubernetes/load.ts';
import type { Passage } from '../../../src/tools/kubernetes/relay.ts';
import { access, failure, manager, ref, runner, workplace } from '../support/api.ts';
import { LossyWay, type Lost, once } from '../support/lossy.ts';

const { namespace, kubernetes, files, configMap } = workplace('td-relay');
const told: string[] = [];
let way: LossyWay;
let client: KubernetesClient;
let passage: Passage;
/** What goes through the relay as another program's request would: its retries are the relay's. */
let address: string;
beforeAll(async () => {
  way = await LossyWay.open();
  client = new KubernetesClient(way.access, { namespace, onHiccup: (line) => told.push(line) });
  passage = await client.relay.passage();
  address = parse(passage.kubeconfig).clusters[0].cluster.server;
});
jest.setTimeout(15_000);
afterAll(async () => {
  await client.close();
  way.close();
});

interface Got {
  status: number;
  body: KubernetesObject & { message?: string };
}

/** One request of a program that repeats nothing itself. */
const ask = (method: string, path: string, body?: object, type = 'application/json'): Promise<Got> =>
  new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = { 'content-type': type, 'content-length': Buffer.byteLength(text) };
    const sent = request(`${address}${path}`, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) }));
    });
    sent.on('error', reject).end(text);
  });
const path = (name = '') => `/api/v1/namespaces/${namespace}/configmaps${name && `/${name}`}`;
const dataOf = async (name: string) => (await kubernetes.get(ref(name)))?.data;
const APPLY = 'application/apply-patch+yaml';

const WRITES: [string, string, (name: string) => Promise<Got>, unknown][] = [
  ['create', 'POST', (name) => ask('POST', path(), configMap(name, { a: '2' })), { a: '2' }],
  ['apply', 'PATCH', (name) => ask('PATCH', `${path(name)}?fieldManager=helm&force=true`, configMap(name, { a: '2' }), APPLY), { a: '2' }],
  ['merge', 'PATCH', (name) => ask('PATCH', path(name), { data: { b: '2' } }, 'application/merge-patch+json'), { a: '1', b: '2' }],
  ['update', 'PUT', (name) => ask('PUT', path(name), configMap(name, { b: '2' })), { b: '2' }],
  [
    'update on a condition',
    'PUT',
    async (name) => ask('PUT', path(name), { ...(await kubernetes.get(ref(name))), data: { b: '3' } }),
    { b: '3' },
  ],
  ['delete', 'DELETE', (name) => ask('DELETE', path(name), { kind: 'DeleteOptions', apiVersion: 'v1' }), undefined],
];
const LOSSES: Lost[] = ['request', 'answer', 'half', 500, 503, 429];

describe('a hiccup on the way of another program', () => {
  test.each(LOSSES)('deleting what is not there, %s: the program is told that', async (lost) => {
    way.lose = once('DELETE', /configmaps/, lost);
    told.length = 0;
    expect([(await ask('DELETE', path('never-made'))).status, way.lost.splice(0).length, told.length]).toEqual([404, 1, 1]);
    expect(passage.failure).toBeUndefined();
  });

  const rows = WRITES.flatMap(([what, method, write, after], row) => LOSSES.map((lost) => ({ what, method, write, after, lost, row })));
  test.each(rows)('$what, $lost: the program sees none of it', async ({ what, method, write, after, lost, row }) => {
    const name = `row-${row}-${lost}`;
    if (what !== 'create' && what !== 'apply') await kubernetes.create(configMap(name, { a: '1' }));
    way.lose = once(method, /configmaps/, lost);
    told.length = 0;
    const { status } = await write(name);
    expect([way.lost.splice(0).length, status < 300, await dataOf(name)]).toEqual([1, true, after]);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(`${method} configmaps${method === 'POST' ? '' : `/${name}`} in namespace ${namespace}`);
    expect(passage.failure).toBeUndefined();
  });

  test('reads, and what is there for all', async () => {
    for (const lost of LOSSES) {
      way.lose = once('GET', /version/, lost);
      expect((await ask('GET', '/version')).status).toBe(200);
    }
  });

  test('what the API server says of an object goes on as it is', async () => {
    way.lose = () => undefined;
    await kubernetes.create(configMap('there', {}));
    const again = await ask('POST', path(), configMap('there', { a: 'other' }));
    expect([again.status, again.body.message]).toEqual([409, 'configmaps "there" already exists']);
    expect((await ask('GET', path('gone'))).status).toBe(404);
    expect((await ask('DELETE', path('gone'))).status).toBe(404);
  });

  test('of the same name, by somebody else, where ours was lost: a conflict', async () => {
    way.lose = once('POST', /configmaps/, 'request');
    await kubernetes.create(configMap('theirs', { a: '1' }));
    const { status, body } = await ask('POST', path(), configMap('theirs', { a: '2' }));
    expect([status, body.message]).toEqual([409, 'ConfigMap "theirs" already exists, made by somebody else']);
  });

  test('a watch is opened again, and ends where it is cut: whoever follows it goes on', async () => {
    way.lose = once('GET', /configmaps/, 500);
    const { items } = await client.list({ apiVersion: 'v1', kind: 'ConfigMap' });
    way.lose = once('GET', /configmaps/, 500);
    const stop = new AbortController();
    const through = new KubernetesClient(loadKubeconfig({ content: passage.kubeconfig }), { namespace });
    const names: string[] = [];
    for await (const { object } of through.watch({ apiVersion: 'v1', kind: 'ConfigMap' }, { signal: stop.signal })) {
      names.push(object.metadata.name);
      if (names.length === items.length) await kubernetes.apply(configMap('late', {}), manager);
      if (object.metadata.name === 'late') stop.abort();
    }
    expect(names.at(-1)).toBe('late');
    await through.close();
  });
});

const part: PartChart = { chart: { name: 'part', version: '1.0.0' }, templates: { 'a.json': JSON.stringify(configMap('of-helm', {})) } };
const apply = { release: 'part', part, values: {}, description: 'x', timeoutMs: 30_000 };
const helm = () => new HelmCli({ runner, helmPath: 'helm', kubernetes: client, relay: client.relay, files, namespace });

describe('a hiccup at a write of Helm’s own', () => {
  const rows = ['POST', 'PUT'].flatMap((method) =>
    LOSSES.map((lost) => ({ method, lost, release: `own-${method}-${lost}`.toLowerCase() })),
  );
  test.each(rows)('$method of its record, $lost: Helm sees none of it', async ({ method, lost, release }) => {
    const templates = { 'a.json': JSON.stringify(configMap(release, {})) };
    way.lose = once(method, /\/secrets/, lost);
    told.length = way.lost.length = 0;
    const made = await helm().apply({ ...apply, release, part: { ...part, templates } });
    expect([made.status, way.lost.splice(0).length, told.length]).toEqual(['deployed', 1, 1]);
    expect((await helm().history(release)).map(({ status }) => status)).toEqual(['deployed']);
  });
});

describe('what cannot be ridden out', () => {
  test('Helm’s failure is the server’s, with call, object and status; then it goes on', async () => {
    way.lose = (method, seen) => (method === 'PATCH' && seen.endsWith('/of-helm') ? 500 : undefined);
    const error: HttpError = await failure(helm().apply(apply));
    expect(error).toMatchObject({ exitCode: 1, reason: 'service-failed' });
    expect(error.message).toMatch(
      new RegExp(
        `^helm upgrade failed \\(exit code 1\\): The API server answered 500 to PATCH configmaps/of-helm in namespace ${namespace}: injected \\(6 attempts in \\d+ s\\)$`,
      ),
    );
    way.lose = () => undefined;
    expect(await helm().apply(apply)).toMatchObject({ status: 'deployed' });
  });

  test('no server at all: its own address is named, not the relay’s', async () => {
    const dead = new KubernetesClient({ ...way.access, server: 'http://127.0.0.1:1' }, { namespace });
    const lost = new HelmCli({ runner, helmPath: 'helm', kubernetes: dead, relay: dead.relay, files, namespace });
    const { message } = await failure(lost.history('part'));
    expect(message).toContain('Kubernetes API http://127.0.0.1:1 (GET /version): connection refused');
    await dead.close();
  });
});

describe('who gets through', () => {
  test('nobody without its address, and nobody after it was closed', async () => {
    const { origin } = new URL(address);
    const own = address;
    for (const other of [origin, `${origin}/${'0'.repeat(64)}`]) {
      address = other;
      expect((await ask('GET', '/version')).status).toBe(403);
    }
    const ended = await client.relay.passage();
    address = parse(ended.kubeconfig).clusters[0].cluster.server;
    expect((await ask('GET', '/version')).status).toBe(200);
    ended.close();
    expect((await ask('GET', '/version')).status).toBe(403);
    address = own;
  });

  test('the program gets no credentials of the cluster', () => {
    expect(access.selected.user.token).toMatch(/.{10}/);
    expect(passage.kubeconfig).not.toContain(access.selected.user.token);
    expect(parse(passage.kubeconfig).users[0].user).toEqual({});
  });
});
