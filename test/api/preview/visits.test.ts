import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { duplexPair } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NAMESPACE, POD, SERVICE } from '../../../src/deploy/kube/names.ts';
import { HttpError } from '../../../src/interfaces/errors.ts';
import {
  momentText,
  type Notes,
  namespaceName,
  type Preview,
  previewIn,
  previewLabels,
  previewNotes,
} from '../../../src/preview/model/index.ts';
import { noteVisits, readVisits, type Visits, visitsUntilNow } from '../../../src/preview/visits/index.ts';
import { UndiciHttp } from '../../../src/tools/http.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { actingAs } from '../../../src/tools/kubernetes/load.ts';
import { access } from '../support/api.ts';

const DAY = 86_400_000;
let namespace: string;
let kubernetes: KubernetesClient;
beforeEach(async () => {
  const key = { repositoryId: randomInt(1, 2 ** 31), number: randomInt(1, 2 ** 31) };
  namespace = namespaceName(key, 'todo');
  kubernetes = new KubernetesClient(access, { namespace });
  const annotations = previewNotes({
    expiresAfter: String((7 * DAY) / 1000),
    expiresAt: momentText(Date.now() + DAY),
    warnedAt: momentText(Date.now()),
  });
  await kubernetes.create({ ...NAMESPACE, metadata: { name: namespace, labels: previewLabels(key), annotations } });
  await kubernetes.create({ ...SERVICE, metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } });
});
afterEach(async () => {
  await kubernetes.delete({ ...NAMESPACE, name: namespace });
  await kubernetes.close();
});

async function preview(): Promise<Preview> {
  const live = await kubernetes.get({ ...NAMESPACE, name: namespace });
  const seen = live && previewIn(live);
  if (!seen) throw new Error(`${namespace} is no preview`);
  return seen;
}
const noted = (notes: Notes) =>
  kubernetes.patch({ ...NAMESPACE, name: namespace }, { metadata: { annotations: previewNotes(notes) } }, { type: 'merge' });

describe('what front doors have counted for a preview', () => {
  const told = (counts: Record<string, number>, pods = Object.keys(counts)): Visits => ({
    countsOf: (led) => (led.namespace === namespace && led.services.includes('web') ? counts : {}),
    pods,
    read: [],
    unread: [],
  });
  const pass = async (visits: Visits, dryRun = false): Promise<Preview> =>
    noteVisits(await preview(), { clocks: [Date.now(), Date.now() + 5_000], dryRun, visits }, kubernetes);

  test('is noted at first, and is a use of it from then on where it grows: its time is renewed, its warning forgotten', async () => {
    const before = await preview();
    expect(await pass(told({ aa: 3, bb: 0 }))).toMatchObject({ visits: 'aa=3 bb=0', usedAt: undefined, expiresAt: before.expiresAt });
    expect(await pass(told({ aa: 3, bb: 0 }))).toMatchObject({ usedAt: undefined });
    const dry = await pass(told({ aa: 4, bb: 0 }), true);
    expect(dry.expiresAt).toBeGreaterThan(Date.now() + 6 * DAY);
    expect(await preview()).toMatchObject({ visits: 'aa=3 bb=0', usedAt: undefined, expiresAt: before.expiresAt });

    const used = await pass(told({ aa: 4, bb: 0 }));
    expect(used).toEqual(await preview());
    expect(used).toMatchObject({ visits: 'aa=4 bb=0', warnedAt: undefined });
    expect(used.expiresAt).toBeGreaterThan(Date.now() + 6 * DAY);
    expect(used.usedAt).toBeLessThanOrEqual(Date.now());
  });

  test('a pod that does not tell this time keeps its count, one that is gone does not', async () => {
    await pass(told({ aa: 3, bb: 5, cc: 7 }));
    expect(await pass(told({ bb: 6 }, ['aa', 'bb']))).toMatchObject({ visits: 'aa=3 bb=6' });
    const quiet = await preview();
    expect(await pass(told({ aa: 3, bb: 6 }))).toEqual(quiet);
    expect(await pass(told({}, ['aa', 'bb']))).toEqual(quiet);
  });

  test('is no use of it while it is asleep, nor once it ends', async () => {
    await pass(told({ aa: 3 }));
    await kubernetes.patch({ ...SERVICE, name: 'web' }, { spec: { selector: { 'todo-deploy.dev/waker': 'todo' } } }, { type: 'merge' });
    expect(await pass(told({ aa: 9 }))).toMatchObject({ visits: 'aa=9', usedAt: undefined });
    await kubernetes.patch({ ...SERVICE, name: 'web' }, { spec: { selector: { 'todo-deploy.dev/waker': null } } }, { type: 'merge' });
    expect((await pass(told({ aa: 10 }))).usedAt).toBeDefined();
    await noted({ ending: 'its pull request is closed' });
    expect(await pass(told({ aa: 11 }))).toMatchObject({ visits: 'aa=10', ending: true });
  });

  test('up to the end of a deploy it is the deploy’s', async () => {
    expect(await visitsUntilNow(await preview(), told({ aa: 3 }), kubernetes)).toEqual({ visits: 'aa=3' });
    expect(await visitsUntilNow(await preview(), told({}), kubernetes)).toEqual({});
  });
});

describe('front doors are asked', () => {
  const servers: Server[] = [];
  afterEach(() => void servers.splice(0).map((server) => server.close()));

  /** A pod of Traefik's; the API server alone starts none. */
  async function door(name: string, ports: object[] = [{ name: 'metrics', containerPort: 9100 }]): Promise<string> {
    const metadata = { name, labels: { 'app.kubernetes.io/name': 'traefik' } };
    await kubernetes.create({ ...POD, metadata, spec: { containers: [{ name: 'traefik', image: 'traefik', ports }] } });
    const live = await kubernetes.patch({ ...POD, name }, { status: { phase: 'Running' } }, { type: 'merge', subresource: 'status' });
    return (live.metadata.uid ?? '').slice(0, 8);
  }
  /** As a kubelet would lead there. */
  function answering(answers: Record<string, [number, string]>): KubernetesClient {
    const client = Object.create(kubernetes) as KubernetesClient;
    const own: Pick<KubernetesClient, 'portForward' | 'list'> = {
      list: (kind, options) => kubernetes.list(kind, { ...options, allNamespaces: false, namespace }),
      portForward: async ({ name }, port) => {
        const answer = answers[name];
        if (answer === undefined || port !== 9100) throw new HttpError(`${name}: failed to connect`, { status: 0, code: 'Refused' });
        const server = createServer(
          (request, response) => void response.writeHead(request.url === '/metrics' ? answer[0] : 404).end(answer[1]),
        );
        servers.push(server);
        const [near, far] = duplexPair();
        server.emit('connection', far);
        return near;
      },
    };
    return Object.assign(client, own);
  }
  const read = (client: KubernetesClient) =>
    readVisits({ kubernetes: client, http: new UndiciHttp(), signal: new AbortController().signal });

  test('each pod by itself; those that do not tell are named with the reason', async () => {
    const [first] = [await door('first'), await door('second'), await door('third'), await door('fourth', [])];
    const text = `traefik_service_requests_total{code="200",service="${namespace}-web-80@kubernetes"} 12`;
    const visits = await read(answering({ first: [200, text], second: [500, ''] }));
    expect(visits.read).toEqual([`${namespace}/first`]);
    expect(visits.unread).toEqual([
      `${namespace}/fourth has no port "metrics"`,
      `${namespace}/second: /metrics answers 500`,
      expect.stringMatching(/\/third: .*connection refused/),
    ]);
    expect(visits.pods).toHaveLength(4);
    expect(visits.countsOf({ namespace, services: ['web'] })).toEqual({ [first]: 12 });
    expect(visits.countsOf({ namespace, services: ['db'] })).toEqual({ [first]: 0 });
  });

  test('where there are none, or too many, that is said', async () => {
    expect((await read(answering({}))).unread).toEqual(['no front door is known that counts visits']);
    await Promise.all(Array.from({ length: 21 }, (_, index) => door(`many-${index}`)));
    expect((await read(answering({}))).unread).toEqual(['21 pods lead users in, and at most 20 are asked']);
  });

  test('an account that may not list pods asks nobody, and says so', async () => {
    const stranger = new KubernetesClient(actingAs(access, `system:serviceaccount:${namespace}:nobody`), { namespace });
    const visits = await read(stranger);
    await stranger.close();
    expect([visits.read, visits.unread]).toEqual([[], [expect.stringMatching(/^pods of front doors: .*cannot list resource "pods"/)]]);
    expect(visits.countsOf({ namespace, services: ['web'] })).toEqual({});
  });
});
