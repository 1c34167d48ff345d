import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { POD } from '../../../src/deploy/kube/names.ts';
import { UndiciHttp } from '../../../src/tools/http.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { loadKubeconfig } from '../../../src/tools/kubernetes/load.ts';
import { RegistryClient } from '../../../src/tools/registry/client.ts';
import { ForwardProxy } from '../../support/forward.ts';
import { cluster, environment, failure, runner } from './support.ts';

const KUBE = 'kube.internal.example:6443';
const registryHost = cluster.registry.host;
let proxy: ForwardProxy;
let env: Record<string, string | undefined>;
let kubeconfig: { clusters: { cluster: Record<string, unknown> }[] };

beforeAll(async () => {
  kubeconfig = parse(readFileSync(cluster.kubeconfig, 'utf8'));
  const real = new URL(String(kubeconfig.clusters[0]?.cluster.server)).host;
  proxy = await ForwardProxy.start({ [KUBE]: real, [registryHost]: registryHost });
  env = { ...environment, HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY: '' };
});
afterAll(() => proxy.close());

describe('behind a proxy', () => {
  test('a registry is logged into and read through it', async () => {
    const registry = new RegistryClient({ runner, env });
    const repository = `${registryHost}/td-tools-proxy/none`;
    expect(await registry.tags(repository)).toEqual([]);
    await registry.authorize(repository, 'push');
    expect(new Set(proxy.log)).toEqual(new Set([`CONNECT ${registryHost}`]));
    await registry.close();
  });

  test('a registry that the proxy does not let through is said so', async () => {
    const registry = new RegistryClient({ runner, env: { ...env, HTTPS_PROXY: 'http://127.0.0.1:1' } });
    const error = await failure(registry.tags(`${registryHost}/td-tools-proxy/none`));
    expect(error.message).toContain('the proxy 127.0.0.1:1 of HTTPS_PROXY cannot be reached');
    await registry.close();
  }, 120_000);

  test('a pod of the cluster is reached by a port-forward through it', async () => {
    const clusters = kubeconfig.clusters.map((entry) => ({
      ...entry,
      cluster: { ...entry.cluster, server: `https://${KUBE}`, 'tls-server-name': 'kubernetes' },
    }));
    const kubernetes = new KubernetesClient(loadKubeconfig({ content: stringify({ ...kubeconfig, clusters }) }), {
      namespace: 'kube-system',
      env,
    });
    const { items } = await kubernetes.list(POD, { labelSelector: 'k8s-app=kube-dns' });
    const name = items[0]?.metadata.name ?? '';
    const seen = proxy.log.length;
    const answer = await new UndiciHttp({ env }).request({
      method: 'GET',
      url: 'http://pod:8181/ready',
      timeoutMs: 5000,
      connect: () => kubernetes.portForward({ name }, 8181),
    });
    expect(answer).toMatchObject({ status: 200, body: 'OK' });
    expect(proxy.log.slice(seen)).toEqual([`CONNECT ${KUBE}`]);
    await kubernetes.close();
  });
});
