import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { UndiciHttp } from '../../../src/tools/http.ts';
import { ForwardProxy } from '../../support/forward.ts';
import { failure, kubeconfig } from '../support/api.ts';
import { App, RELEASE } from '../support/app.ts';

/** An https service of a company's own: its certificate is signed by nobody that is known, its name is known to the proxy alone. */
const NAME = 'kubernetes.default.svc';
const CA = join(dirname(kubeconfig), 'certs/apiserver.crt');
const READY = `https://${NAME}/readyz`;

let proxy: ForwardProxy;
let real: string;
beforeAll(async () => {
  const { clusters } = parse(readFileSync(kubeconfig, 'utf8')) as { clusters: { cluster: { server: string } }[] };
  real = new URL(clusters[0]?.cluster.server ?? '').host;
  proxy = await ForwardProxy.start({ [`${NAME}:443`]: real });
});
afterAll(() => proxy.close());

const get = (env: Record<string, string>, url: string) => new UndiciHttp({ env }).request({ method: 'GET', url, timeoutMs: 10_000 });

describe('a front door whose certificate a company signed itself', () => {
  test.each(['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'])('is trusted where %s names the authority', async (name) => {
    expect(await get({ [name]: CA }, `https://${real}/readyz`)).toMatchObject({ status: 200, body: 'ok' });
  });

  test('is trusted through a proxy, too, and reached by the name that the proxy knows', async () => {
    const seen = proxy.log.length;
    expect(await get({ SSL_CERT_FILE: CA, HTTPS_PROXY: `http://${proxy.host}` }, READY)).toMatchObject({ status: 200, body: 'ok' });
    expect(proxy.log.slice(seen)).toEqual([`CONNECT ${NAME}:443`]);
  });

  test.each([
    ['directly', (): Promise<unknown> => get({}, `https://${real}/readyz`)],
    ['through a proxy', (): Promise<unknown> => get({ HTTPS_PROXY: `http://${proxy.host}` }, READY)],
  ])('is refused %s where nobody names it, with what to name', async (_, asked) => {
    const error = await failure(asked());
    expect(error).toMatchObject({ code: 'Tls', hint: expect.stringContaining('NODE_EXTRA_CA_CERTS: /path/to/ca.pem') });
  });
});

describe('a deploy in such a network', () => {
  const SETTINGS = { HTTPS_PROXY: '', NO_PROXY: '127.0.0.1', SSL_CERT_FILE: CA };
  let app: App;
  beforeAll(async () => {
    app = await App.create('company');
    Object.assign(process.env, { ...SETTINGS, HTTPS_PROXY: `http://${proxy.host}` });
  });
  afterAll(async () => {
    for (const name of Object.keys(SETTINGS)) delete process.env[name];
    await app.remove();
  });

  const check = { path: '/readyz', method: 'GET' as const, json: {}, headers: {}, requestHeaders: {} };
  const smoke = [
    { ...check, path: '/', name: 'pod', service: { name: `${RELEASE}-web` } },
    { ...check, name: 'front door', url: `https://${NAME}`, proxy: true },
  ];

  test('checks the pods directly and the front door through the proxy', async () => {
    const seen = proxy.log.length;
    const { outcome } = await app.deploy('v1-good', undefined, { smoke });
    expect(outcome).toMatchObject({ status: 'deployed', activeColor: 'blue' });
    expect(new Set(proxy.log.slice(seen))).toEqual(new Set([`CONNECT ${NAME}:443`]));
  });

  test('goes back where the front door is refused, and says why', async () => {
    delete process.env.SSL_CERT_FILE;
    const { outcome, log } = await app.deploy('v2-good', undefined, { smoke });
    process.env.SSL_CERT_FILE = CA;
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'smoke-failed' });
    expect(log.join('\n')).toContain('TLS failed');
  });
});
