import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { type ClusterAccess, loadKubeconfig } from '../../../src/tools/kubernetes/load.ts';
import { openPortForward } from '../../../src/tools/kubernetes/port-forward.ts';
import { Transport } from '../../../src/tools/kubernetes/transport.ts';
import { ForwardProxy } from '../../support/forward.ts';
import { failure, kubeconfig, workplace } from '../support/api.ts';

const { namespace, configMap } = workplace('td-tools-proxy');

/** The API server behind a name that the proxy alone knows. */
const NAME = 'kube.internal.example:6443';
const login = 'me:canary';
let file: { clusters: { cluster: Record<string, unknown> }[] };
let real: string;
let proxy: ForwardProxy;
let env: Record<string, string>;

beforeAll(async () => {
  file = parse(readFileSync(kubeconfig, 'utf8'));
  real = new URL(String(file.clusters[0]?.cluster.server)).host;
  proxy = await ForwardProxy.start({ [NAME]: real }, login);
  env = { HTTPS_PROXY: `http://${login}@${proxy.host}` };
});
afterAll(() => proxy.close());

function behind(more: object = {}): ClusterAccess {
  const clusters = file.clusters.map(({ cluster, ...entry }) => {
    const served = { ...cluster, server: `https://${NAME}`, 'tls-server-name': real.split(':')[0], ...more };
    return { ...entry, cluster: served };
  });
  return loadKubeconfig({ content: stringify({ ...file, clusters }) });
}

describe('an API server behind a proxy', () => {
  test('is asked, watched and written to through it', async () => {
    const client = new KubernetesClient(behind(), { namespace, env });
    await client.create(configMap('through', { a: '1' }));
    const stop = new AbortController();
    const names: string[] = [];
    for await (const change of client.watch({ apiVersion: 'v1', kind: 'ConfigMap' }, { signal: stop.signal })) {
      names.push(JSON.stringify(change));
      if (names.some((text) => text.includes('through'))) break;
    }
    stop.abort();
    expect(proxy.log).toContain(`CONNECT ${NAME}`);
    await client.close();
  });

  test('takes port-forwards through it: the answer is the API server’s own', async () => {
    const seen = proxy.log.length;
    const transport = new Transport(behind(), { env });
    const error = await failure(openPortForward(transport, `/api/v1/namespaces/${namespace}/pods/none/portforward?ports=80`, 'pod none'));
    expect(error).toMatchObject({ status: 404, code: 'NotFound' });
    expect(proxy.log.slice(seen)).toEqual([`CONNECT ${NAME}`]);
    await transport.close();
  });

  test('by the kubeconfig’s own proxy-url, which wins', async () => {
    const access = behind({ 'proxy-url': `http://${login}@${proxy.host}` });
    const client = new KubernetesClient(access, { namespace, env: { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '*' } });
    expect(await client.serverVersion()).toMatch(/^v1/);
    await client.close();
  });

  test('is named with the proxy and its variable where that says no; the password is not', async () => {
    const client = new KubernetesClient(behind(), { namespace, env: { HTTPS_PROXY: `http://me:wrong-word@${proxy.host}` } });
    const error = await failure(client.create(configMap('x', {})));
    expect(error.message).toContain(`the proxy ${proxy.host} of HTTPS_PROXY answered 407: it asks for a user name and a password`);
    expect(JSON.stringify([error.message, error.hint])).not.toMatch(/wrong-word|canary/);
    await client.close();
  });

  test('is not asked through it where NO_PROXY names it', async () => {
    const client = new KubernetesClient(behind(), { namespace, env: { ...env, NO_PROXY: '.internal.example' } });
    expect(await failure(client.create(configMap('x', {})))).toMatchObject({ code: 'Dns' });
    await client.close();
  }, 60_000);
});
