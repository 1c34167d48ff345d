import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { disown } from '../../../src/deploy/adoption/own.ts';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { FIELD_MANAGER } from '../../../src/split/model.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { failure, manager, ref, workplace } from '../support/api.ts';
import { LossyWay, type Lost, once } from '../support/lossy.ts';

const { namespace, kubernetes, configMap } = workplace('td-lost-answers');
const told: string[] = [];
let way: LossyWay;
let client: KubernetesClient;
beforeAll(async () => {
  way = await LossyWay.open();
  client = new KubernetesClient(way.access, { namespace, onHiccup: (line) => told.push(line) });
});
afterAll(async () => {
  await client.close();
  way.close();
});

const dataOf = async (name: string) => (await kubernetes.get(ref(name)))?.data;
const deployment = (name: string): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image: 'web' }] } },
  },
});

interface Row {
  what: string;
  method: string;
  /** Before anything is lost; returns what the write works on. */
  before?: (name: string) => Promise<KubernetesObject>;
  write: (name: string, before: KubernetesObject) => Promise<unknown>;
  after: (name: string) => Promise<unknown>;
  expected: unknown;
}

const made = (name: string) => kubernetes.create(configMap(name, { a: '1' }));
const ROWS: Row[] = [
  { what: 'create', method: 'POST', write: (name) => client.create(configMap(name, { a: '2' })), after: dataOf, expected: { a: '2' } },
  {
    what: 'replace, on a condition',
    method: 'PUT',
    before: made,
    write: (_, before) => client.replace({ ...before, data: { b: '2' } }),
    after: dataOf,
    expected: { b: '2' },
  },
  {
    what: 'server-side apply',
    method: 'PATCH',
    write: (name) => client.apply(configMap(name, { a: '2' }), { ...manager, force: true }),
    after: dataOf,
    expected: { a: '2' },
  },
  {
    what: 'server-side apply, on a condition',
    method: 'PATCH',
    before: made,
    write: (name, { metadata: { resourceVersion } }) =>
      client.apply(configMap(name, { a: '2' }, { resourceVersion }), { ...manager, force: true }),
    after: dataOf,
    expected: { a: '2' },
  },
  {
    what: 'merge patch',
    method: 'PATCH',
    before: made,
    write: (name) => client.patch(ref(name), { data: { b: '2' } }, { type: 'merge' }),
    after: dataOf,
    expected: { a: '1', b: '2' },
  },
  {
    what: 'JSON patch that sets',
    method: 'PATCH',
    before: made,
    write: (name) => client.patch(ref(name), [{ op: 'add', path: '/data/b', value: '2' }], { type: 'json' }),
    after: dataOf,
    expected: { a: '1', b: '2' },
  },
  {
    what: 'scale',
    method: 'PATCH',
    before: (name) => kubernetes.create(deployment(name)),
    write: (name, { apiVersion, kind }) =>
      client.patch({ apiVersion, kind, name }, { spec: { replicas: 3 } }, { type: 'merge', subresource: 'scale', ...manager }),
    after: async (name) => (await kubernetes.get({ apiVersion: 'apps/v1', kind: 'Deployment', name }))?.spec,
    expected: expect.objectContaining({ replicas: 3 }),
  },
  {
    what: 'delete with uid',
    method: 'DELETE',
    before: made,
    write: (name, { metadata: { uid } }) => client.delete(ref(name), { uid }),
    after: dataOf,
    expected: undefined,
  },
  { what: 'delete', method: 'DELETE', before: made, write: (name) => client.delete(ref(name)), after: dataOf, expected: undefined },
];

describe('an answer that gets lost', () => {
  const all = ROWS.flatMap((row, index) => (['answer', 'request'] as Lost[]).map((lost) => ({ ...row, index, lost })));
  test.each(all)('$what, $lost lost: read again, and repeated where it did not arrive', async ({ index, lost, method, before, ...row }) => {
    const name = `row-${index}-${lost}`;
    const object = (await before?.(name)) ?? configMap(name, {});
    way.lose = once(method, new RegExp(name.startsWith('row-0') ? 'configmaps' : name), lost);
    await row.write(name, object);
    expect(way.lost.splice(0)).toHaveLength(1);
    expect(await row.after(name)).toEqual(row.expected);
  });

  test('somebody else wrote meanwhile: a conflict, as if the answer had come', async () => {
    const before = await made('other');
    way.lose = (method) => {
      if (method !== 'PUT') return undefined;
      way.lose = () => undefined;
      void kubernetes.patch(ref('other'), { data: { a: 'theirs' } }, { type: 'merge' });
      return 'request';
    };
    const error = await failure(client.replace({ ...before, data: { a: 'ours' } }));
    expect([error.status, error.code]).toEqual([409, 'Conflict']);
    expect(await dataOf('other')).toEqual({ a: 'theirs' });
  });

  test('somebody else made one of that name: ours was not made', async () => {
    way.lose = once('POST', /configmaps/, 'request');
    await made('taken');
    const error = await failure(client.create(configMap('taken', { a: 'ours' })));
    expect([error.status, error.code]).toEqual([409, 'AlreadyExists']);
  });

  test('what was deleted is there anew, by somebody else: theirs stays', async () => {
    const { metadata } = await made('anew');
    way.lose = once('DELETE', /anew/, 'answer');
    const deleting = client.delete(ref('anew'), { uid: metadata.uid });
    for (let tries = 0; tries < 200 && (await dataOf('anew')); tries++) await new Promise((resolve) => setTimeout(resolve, 5));
    await kubernetes.create(configMap('anew', { a: 'theirs' }));
    await deleting;
    expect(await dataOf('anew')).toEqual({ a: 'theirs' });
  });

  const conditional = (name: string, resourceVersion: string | undefined) =>
    client.patch(
      ref(name),
      [
        { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
        { op: 'add', path: '/data/b', value: '2' },
      ],
      { type: 'json' },
    );

  test.each<Lost>(['request', 500, 503])('a patch on a condition did not arrive (%s): it is sent again', async (lost) => {
    const { metadata } = await made(`conditional-${lost}`);
    way.lose = once('PATCH', /conditional/, lost);
    await conditional(metadata.name, metadata.resourceVersion);
    expect(await dataOf(metadata.name)).toEqual({ a: '1', b: '2' });
  });

  test('a patch on a condition did arrive: a conflict, at which whoever sent it looks again', async () => {
    const { metadata } = await made('conditional-answer');
    way.lose = once('PATCH', /conditional/, 'answer');
    const error = await failure(conditional(metadata.name, metadata.resourceVersion));
    expect([error.status, error.code]).toEqual([409, 'Conflict']);
    expect(await dataOf(metadata.name)).toEqual({ a: '1', b: '2' });
  });

  test('ownership is given up though the answer to that is lost', async () => {
    await kubernetes.apply(configMap('owned', { a: '1' }), { fieldManager: FIELD_MANAGER });
    way.lose = once('PATCH', /owned/, 'answer');
    await disown(client, ref('owned'));
    expect((await kubernetes.get(ref('owned')))?.metadata.managedFields ?? []).not.toContainEqual(
      expect.objectContaining({ manager: FIELD_MANAGER }),
    );
  });
});

describe('a server that was there', () => {
  test.each<[string, Lost]>([
    ['cuts every connection', 'request'],
    ['is not ready', 503],
    ['is busy', 429],
  ])('%s for three seconds: it is waited for, and said once', async (_, lost) => {
    await kubernetes.apply(configMap('steady', { a: '1' }), manager);
    told.length = 0;
    const until = Date.now() + 3_000;
    way.lose = () => (Date.now() < until ? lost : undefined);
    expect((await client.get(ref('steady')))?.data).toEqual({ a: '1' });
    expect(told).toEqual([expect.stringContaining(`GET configmaps/steady in namespace ${namespace}`)]);
  });
});
