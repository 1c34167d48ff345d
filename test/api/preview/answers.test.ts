import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Clock } from '../../../src/interfaces/clock.ts';
import { HttpError } from '../../../src/interfaces/errors.ts';
import { GATEWAY } from '../../../src/interfaces/gateway.ts';
import type { HttpRequest } from '../../../src/interfaces/http.ts';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { type Answered, awaitAnswer } from '../../../src/preview/up/answers.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { access, workplace } from '../support/api.ts';
import { installGatewayApi } from '../support/gateway-controller.ts';

const { namespace } = workplace('answers');
const HOST = 'pr-7-todo.preview.example.com';
const LIMIT_MS = 60_000;
const HTTP_ROUTE = { apiVersion: GATEWAY.apiVersion, kind: 'HTTPRoute' };
const INGRESS = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };
let kubernetes: KubernetesClient;
const made: KubernetesObject[] = [];

beforeEach(async () => {
  kubernetes = new KubernetesClient(access, { namespace });
  await installGatewayApi(kubernetes);
});
afterEach(async () => {
  for (const { apiVersion, kind, metadata } of made.splice(0)) await kubernetes.delete({ apiVersion, kind, name: metadata.name });
  await kubernetes.close();
});

async function make(object: KubernetesObject, status?: object): Promise<void> {
  made.push(await kubernetes.create({ ...object, metadata: { ...object.metadata, namespace } }));
  const ref = { apiVersion: object.apiVersion, kind: object.kind, name: object.metadata.name };
  if (status) await kubernetes.patch(ref, { status }, { type: 'merge', subresource: 'status' });
}
const gateway = (addresses?: object[]) =>
  make(
    {
      ...GATEWAY,
      metadata: { name: 'main' },
      spec: { gatewayClassName: 'any', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
    },
    addresses && { addresses },
  );
const route = () => make({ ...HTTP_ROUTE, metadata: { name: 'todo' }, spec: { hostnames: [HOST], parentRefs: [{ name: 'main' }] } });

/** Nothing resolves; whoever is asked by an address answers. Returns what came of it, after how long, and who was asked. */
async function ask(): Promise<{ answered: Answered; ms: number; asked: string[] }> {
  const asked: string[] = [];
  let ms = 0;
  const sleep = async (of: number): Promise<void> => {
    ms += of;
  };
  const clock: Clock = { now: () => ms, elapsed: () => ms, sleep };
  const http = {
    request: async ({ address }: HttpRequest) => {
      if (address === undefined) throw new HttpError(`${HOST} does not resolve`, { status: 0, code: 'Dns' });
      asked.push(address);
      return { status: 200, headers: {}, body: '', durationMs: 1 };
    },
  };
  const { signal } = new AbortController();
  const question = { url: `http://${HOST}/`, versionHeader: undefined, version: 'abc', limitMs: LIMIT_MS };
  const answered = await awaitAnswer(question, { kubernetes, http, clock, signal });
  return { answered, ms, asked };
}

describe('a preview whose name does not resolve', () => {
  test('is asked for at the address of its Gateway', async () => {
    await gateway([{ type: 'IPAddress', value: '203.0.113.7' }]);
    await route();
    expect(await ask()).toMatchObject({ answered: { by: 'app' }, ms: 0, asked: ['203.0.113.7'] });
  });

  test('is asked for at the address of its Ingress', async () => {
    const backend = { service: { name: 'web', port: { number: 80 } } };
    await make(
      {
        ...INGRESS,
        metadata: { name: 'todo' },
        spec: { rules: [{ host: HOST, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
      },
      { loadBalancer: { ingress: [{ ip: '203.0.113.8' }] } },
    );
    expect(await ask()).toMatchObject({ answered: { by: 'app' }, asked: ['203.0.113.8'] });
  });

  test.each<[string, () => Promise<void>, RegExp]>([
    [
      'a Gateway without an address',
      () => gateway().then(route),
      /the Gateway of HTTPRoute\/todo has no address, or none that can be read/,
    ],
    ['no Gateway', route, /the Gateway of HTTPRoute\/todo has no address, or none that can be read/],
    [
      'a Gateway at a name',
      () => gateway([{ type: 'Hostname', value: 'lb.example.net' }]).then(route),
      /the Gateway of HTTPRoute\/todo is at lb\.example\.net/,
    ],
    ['nothing that names it', async () => undefined, /no Ingress and no route that can be read here names it/],
  ])('and has %s: nobody waits for long, and what is missing is said', async (_, prepare, words) => {
    await prepare();
    const { answered, ms } = await ask();
    expect(answered).toMatchObject({ by: 'nobody', why: expect.stringMatching(words) });
    expect(answered).toMatchObject({ why: expect.stringContaining('a DNS record *.preview.example.com has to lead to the front door') });
    expect(ms).toBeLessThan(LIMIT_MS / 4);
  });
});
