import { readFileSync } from 'node:fs';
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import type { KubernetesObject, WatchEvent } from '../../../src/interfaces/kubernetes.ts';
import { fieldAt } from '../../../src/interfaces/values.ts';
import { KINDS } from '../../../src/split/kinds/rows.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { loadKubeconfig } from '../../../src/tools/kubernetes/load.ts';
import { access, failure, kubeconfig, manager, ref, workplace } from '../support/api.ts';

const { namespace, kubernetes, configMap } = workplace('td-tools-objects');

describe('KubernetesClient', () => {
  test('applies, reads, patches, replaces with a condition, deletes with a condition', async () => {
    const applied = await kubernetes.apply(configMap('objects', { a: '1' }), { ...manager, force: true });
    expect(applied.metadata.managedFields?.map((entry) => entry.manager)).toEqual(['todo-deploy']);
    await kubernetes.patch(ref('objects'), { data: { b: '2' } }, { type: 'merge', fieldManager: 'other' });
    const seen = await kubernetes.get(ref('objects'));
    expect(seen?.data).toEqual({ a: '1', b: '2' });
    await kubernetes.patch(ref('objects'), [{ op: 'remove', path: '/data/b' }], { type: 'json' });
    const stale = await failure(kubernetes.replace({ ...(seen as KubernetesObject), data: {} }));
    expect([stale.status, stale.code]).toEqual([409, 'Conflict']);
    const wrong = await failure(kubernetes.delete(ref('objects'), { uid: '00000000-0000-0000-0000-000000000000' }));
    expect(wrong.status).toBe(409);
    await kubernetes.delete(ref('objects'), { uid: applied.metadata.uid ?? '' });
    expect(await kubernetes.get(ref('objects'))).toBeUndefined();
    await kubernetes.delete(ref('objects'));
  });

  test('a field of another manager is a conflict unless forced; a dry run changes nothing', async () => {
    await kubernetes.apply(configMap('owned', { a: '1' }), { fieldManager: 'first' });
    const conflict = await failure(kubernetes.apply(configMap('owned', { a: '2' }), { fieldManager: 'second' }));
    expect([conflict.status, conflict.message]).toEqual([409, expect.stringContaining('conflict with "first"')]);
    await kubernetes.apply(configMap('owned', { a: '3' }), { fieldManager: 'second', force: true, dryRun: true });
    expect((await kubernetes.get(ref('owned')))?.data).toEqual({ a: '1' });
  });

  // What an operator brings may not be here; what Kubernetes brings is, and is called what the table says.
  test.each(KINDS.filter(({ group }) => !/keda|autoscaling\.k8s/.test(group)).map(({ key, ref, plural }) => ({ key, kind: ref, plural })))(
    'the table of kinds calls $key what the cluster calls it',
    async ({ kind, plural }) => expect(await kubernetes.resource(kind)).toMatchObject({ plural, namespaced: true }),
  );

  test('what the cluster does not know: kinds, objects, namespaces', async () => {
    const unknown = { apiVersion: 'example.com/v1', kind: 'Nothing', name: 'x' };
    expect(await kubernetes.resource(unknown)).toBeUndefined();
    expect(await kubernetes.get(unknown)).toBeUndefined();
    expect((await failure(kubernetes.list(unknown))).code).toBe('UnknownKind');
    expect(await kubernetes.resource({ apiVersion: 'apps/v1', kind: 'Deployment' })).toMatchObject({
      plural: 'deployments',
      namespaced: true,
    });
    expect(await kubernetes.resource({ apiVersion: 'v1', kind: 'Node' })).toMatchObject({ plural: 'nodes', namespaced: false });
    // Nothing else makes nodes here.
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: `node-of-${namespace}` } };
    await kubernetes.create(node);
    expect((await kubernetes.list({ apiVersion: 'v1', kind: 'Node' })).items.map(({ kind }) => kind)).toContain('Node');
    await kubernetes.delete({ ...node, name: node.metadata.name });
    expect(await kubernetes.serverVersion()).toMatch(/^v1\.\d+/);
  });

  test('a list comes in pages and whole', async () => {
    const names = Array.from({ length: 620 }, (_, index) => `page-${index}`);
    await Promise.all(names.map((name) => kubernetes.create(configMap(name, {}, { labels: { page: 'yes' } }))));
    const { items } = await kubernetes.list({ apiVersion: 'v1', kind: 'ConfigMap' }, { labelSelector: 'page=yes' });
    expect(new Set(items.map((item) => item.metadata.name))).toEqual(new Set(names));
  }, 60_000);

  test('a watch tells what is there, then each change, and ends with its signal', async () => {
    await kubernetes.create(configMap('watch-old', { v: '0' }, { labels: { watch: 'yes' } }));
    const stop = new AbortController();
    const events: string[] = [];
    const note = ({ type, object }: WatchEvent) => events.push(`${type} ${object.metadata.name} ${fieldAt(object, 'data', 'v') ?? ''}`);
    const arrived = async (count: number) => {
      const limit = Date.now() + 10_000;
      while (events.length < count && Date.now() < limit) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    const following = (async () => {
      for await (const event of kubernetes.watch(
        { apiVersion: 'v1', kind: 'ConfigMap' },
        { labelSelector: 'watch=yes', signal: stop.signal },
      ))
        note(event);
    })();
    await arrived(1);
    await kubernetes.create(configMap('watch-new', { v: '1' }, { labels: { watch: 'yes' } }));
    await kubernetes.patch(ref('watch-new'), { data: { v: '2' } }, { type: 'merge' });
    await kubernetes.delete(ref('watch-old'));
    await arrived(4);
    stop.abort();
    await following;
    expect(events).toEqual(['ADDED watch-old 0', 'ADDED watch-new 1', 'MODIFIED watch-new 2', 'DELETED watch-old 0']);
  }, 30_000);

  test('a watch goes on when its connection is cut, and misses nothing', async () => {
    const sockets = new Set<Socket>();
    const proxy = createServer((inner) => {
      const outer = connectTcp(Number(new URL(access.server).port), new URL(access.server).hostname);
      sockets.add(inner);
      for (const socket of [inner, outer]) socket.on('error', () => undefined);
      inner.on('close', () => outer.destroy());
      outer.on('close', () => inner.destroy());
      inner.pipe(outer).pipe(inner);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const server = `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const file = parse(readFileSync(kubeconfig, 'utf8')) as { clusters: { cluster: object }[] };
    for (const entry of file.clusters) Object.assign(entry.cluster, { server, 'tls-server-name': 'kubernetes' });
    const remote = new KubernetesClient(loadKubeconfig({ content: stringify(file) }), { namespace });
    const stop = new AbortController();
    const events: string[] = [];
    const following = (async () => {
      const options = { labelSelector: 'cut=yes', signal: stop.signal };
      for await (const { type, object } of remote.watch({ apiVersion: 'v1', kind: 'ConfigMap' }, options))
        events.push(`${type} ${object.metadata.name}`);
    })();
    const arrived = async (count: number) => {
      const limit = Date.now() + 20_000;
      while (events.length < count && Date.now() < limit) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await kubernetes.create(configMap('cut-1', {}, { labels: { cut: 'yes' } }));
    await arrived(1);
    for (const socket of sockets) socket.destroy();
    await kubernetes.create(configMap('cut-2', {}, { labels: { cut: 'yes' } }));
    await kubernetes.delete(ref('cut-1'));
    await arrived(3);
    stop.abort();
    await following;
    await remote.close();
    proxy.close();
    expect(events).toEqual(['ADDED cut-1', 'ADDED cut-2', 'DELETED cut-1']);
  }, 60_000);
});
