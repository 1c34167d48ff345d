import { expect, test } from '@jest/globals';
import { checkApiUrl, DigitalOceanApi } from '../../../../src/tools/digitalocean/api.ts';
import { findCluster } from '../../../../src/tools/digitalocean/clusters.ts';
import type { Size } from '../../../../src/tools/digitalocean/model.ts';
import { UndiciHttp } from '../../../../src/tools/http.ts';
import type { Fault } from '../../../support/digitalocean/stand-in.ts';
import { CLUSTER_ID, cluster, size } from '../../../support/digitalocean/world.ts';
import { failure, TOKEN, withStandIn } from './setup.ts';

const CLUSTERS = /^\/v2\/kubernetes\/clusters\?/;
const clusters = { what: 'the Kubernetes clusters' };

withStandIn('DigitalOcean’s API', ({ standIn, api }) => {
  test('is asked with the token, and answers', async () => {
    expect((await findCluster(api(), 'acme-production')).id).toBe(CLUSTER_ID);
    expect(standIn().seen.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/v2/kubernetes/clusters?per_page=200', `Bearer ${TOKEN}`],
    ]);
  });

  test.each<[Fault, string, string | undefined]>([
    [401, 'DigitalOcean answered 401 when asked for the Kubernetes clusters (Unable to authenticate you.)', 'wrong, expired or revoked'],
    [
      403,
      'DigitalOcean answered 403 when asked for the Kubernetes clusters (You are not authorized',
      'the token needs the scope kubernetes:read:',
    ],
    [404, 'DigitalOcean answered 404 when asked for the Kubernetes clusters (The resource', 'team that the token belongs to'],
    [409, 'DigitalOcean answered 409 when asked for the Kubernetes clusters (The request could not', 'something else changes it'],
    [422, 'DigitalOcean answered 422 when asked for the Kubernetes clusters (the request was well formed', undefined],
    ['not JSON', 'DigitalOcean answered something else than JSON when asked for the Kubernetes clusters', 'a proxy between'],
  ])('%s is one clear line, and is not repeated', async (fault, message, hint) => {
    standIn().fail(CLUSTERS, fault);
    const error = await failure(api().pages('clusters', 'kubernetes_clusters', clusters));
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('\n');
    expect(error.hint ?? '').toContain(hint ?? '');
    if (typeof fault === 'number') expect(error.message).toContain('request 4d9d8375-3c56-4925-a3e7-eb137fed17e9');
    expect(standIn().seen).toHaveLength(1);
  });

  test.each<Fault>([429, 500, 'cut', 'half'])('%s once is repeated, and nobody notices', async (fault) => {
    standIn().fail(CLUSTERS, fault);
    expect(await api().pages('clusters', 'kubernetes_clusters', clusters)).toHaveLength(1);
    expect(standIn().seen).toHaveLength(2);
  });

  test('an error that stays is said in the end', async () => {
    standIn().fail(CLUSTERS, 500, 10);
    const error = await failure(api().pages('clusters', 'kubernetes_clusters', clusters));
    expect(error.message).toContain('DigitalOcean answered 500 when asked for the Kubernetes clusters (Unexpected server-side error)');
    expect(standIn().seen).toHaveLength(6);
  });

  test('a rate limit that opens after an hour is not waited for', async () => {
    standIn().rateReset = Math.floor(Date.now() / 1000) + 3600;
    standIn().fail(CLUSTERS, 429);
    const error = await failure(api().pages('clusters', 'kubernetes_clusters', clusters));
    expect(error.message).toMatch(/API rate limit exceeded.*the rate limit opens again at \d\d:\d\d:\d\d UTC/);
    expect(standIn().seen).toHaveLength(1);
  });

  test('all pages are read, whatever their number', async () => {
    standIn().world.sizes = Array.from({ length: 450 }, (_, index) => size(`s-${index}`, index));
    const sizes = await api().pages<Size>('sizes', 'sizes', { what: 'sizes' });
    expect(sizes.map(({ slug }) => slug)).toEqual(standIn().world.sizes.map((one) => (one as Size).slug));
    expect(standIn().seen.map(({ url }) => url)).toEqual([
      '/v2/sizes?per_page=200',
      '/v2/sizes?page=2&per_page=200',
      '/v2/sizes?page=3&per_page=200',
    ]);
  });

  test('a cancelled run does not wait for another attempt', async () => {
    standIn().fail(CLUSTERS, 429, 3);
    standIn().retryAfter = 30;
    const stop = new AbortController();
    setTimeout(() => stop.abort(new RangeError('stop')), 100);
    const own = new DigitalOceanApi({ http: new UndiciHttp(), token: TOKEN, apiUrl: standIn().url, signal: stop.signal });
    await expect(own.pages('clusters', 'kubernetes_clusters', clusters)).rejects.toThrow(RangeError);
  });
});

withStandIn('a cluster by name or id', ({ standIn, api }) => {
  test('by id it is one request', async () => {
    expect((await findCluster(api(), CLUSTER_ID)).name).toBe('acme-production');
    expect(standIn().seen.map(({ url }) => url)).toEqual([`/v2/kubernetes/clusters/${CLUSTER_ID}`]);
  });

  test('an id that is nobody’s', async () => {
    const error = await failure(findCluster(api(), CLUSTER_ID.replace('b', 'a')));
    expect(error.message).toContain('there is no Kubernetes cluster with this id in the token’s team'.replace('’', "'"));
  });

  test('a name that is nobody’s: those that there are', async () => {
    const error = await failure(findCluster(api(), 'acme'));
    expect(error.message).toBe(
      `Input "cluster" is "acme": no Kubernetes cluster of the token's team has this name; it has acme-production (fra1, ${CLUSTER_ID})`,
    );
  });

  test('no cluster at all', async () => {
    standIn().world.clusters = [];
    expect((await failure(findCluster(api(), 'acme'))).message).toContain('it has none');
  });

  test('a name that two have', async () => {
    const other = cluster({ id: '71c7d1b2-7d2d-4d2c-8d2a-1a2b3c4d5e6f', region: 'nyc1' });
    standIn().world.clusters.push(other);
    const error = await failure(findCluster(api(), 'acme-production'));
    expect(error.message).toContain('2 clusters have this name: acme-production (fra1,');
    expect(error.message).toContain(`acme-production (nyc1, ${other.id})`);
    expect(error.hint).toBe('name it by its id');
  });

  test.each([
    ['provisioning', true],
    ['deleting', true],
    ['upgrading', false],
    ['degraded', false],
  ])('one that is %s: refused %s', async (state, refused) => {
    standIn().world.clusters = [cluster({ status: { state } })];
    const found = findCluster(api(), 'acme-production');
    if (refused) await expect(found).rejects.toThrow(`The cluster acme-production is ${state}`);
    else await expect(found).resolves.toMatchObject({ id: CLUSTER_ID });
  });
});

test.each([
  ['https://api.digitalocean.com', true],
  ['https://gateway.example.com/do', true],
  ['http://127.0.0.1:8080', true],
  ['http://[::1]:1', true],
  ['http://localhost', true],
  ['http://api.digitalocean.com', false],
  ['http://127.0.0.1.example.com', false],
  ['https://me:word@example.com', false],
  ['ftp://127.0.0.1', false],
  ['api.digitalocean.com', false],
])('the API at %s: %s', (url, allowed) => {
  if (allowed) expect(checkApiUrl(url).href).toContain(url);
  else expect(() => checkApiUrl(url)).toThrow('DIGITALOCEAN_API_URL');
});
