import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NAMESPACE, POD } from '../../../src/deploy/kube/names.ts';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { ALONE } from '../../../src/interfaces/own.ts';
import { ensureNoIndex } from '../../../src/preview/isolate/index.ts';
import { readsMiddlewares } from '../../../src/preview/isolate/noindex.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { access, workplace } from '../support/api.ts';

const { namespace } = workplace('noindex');
const DOORS = `${namespace}-doors`;
const OBJECT = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
let kubernetes: KubernetesClient;
beforeEach(async () => {
  kubernetes = new KubernetesClient(access, { namespace });
  await kubernetes.apply({ ...NAMESPACE, metadata: { name: DOORS } }, { fieldManager: 'test' });
});
afterEach(() => kubernetes.close());

const inDoors = (object: { apiVersion: string; kind: string; metadata: object; [field: string]: unknown }) =>
  kubernetes.apply({ ...object, metadata: { namespace: DOORS, ...object.metadata } } as KubernetesObject, {
    fieldManager: 'test',
    force: true,
  });

/** Defines a kind, and waits until the API server serves it. */
async function define(group: string, version: string, kind: string, plural: string, scope: string): Promise<void> {
  const versions = [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: OBJECT }, subresources: { status: {} } }];
  const names = { kind, plural, singular: kind.toLowerCase() };
  const metadata = {
    name: `${plural}.${group}`,
    annotations: { 'api-approved.kubernetes.io': 'https://github.com/kubernetes-sigs/gateway-api/pull/1' },
  };
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata,
    spec: { group, names, scope, versions },
  };
  await kubernetes.apply(definition, { fieldManager: 'test', force: true });
  const ref = { apiVersion: `${group}/${version}`, kind };
  while (!(await new KubernetesClient(access, { namespace }).resource(ref))) await new Promise((resolve) => setTimeout(resolve, 200));
}
const middleware = (name: string) => kubernetes.get({ apiVersion: 'traefik.io/v1alpha1', kind: 'Middleware', name });
const configMap = (name: string) => kubernetes.get({ apiVersion: 'v1', kind: 'ConfigMap', name });

describe('what keeps search engines out', () => {
  test('nothing, where no front door is known to take it', async () =>
    expect(await ensureNoIndex(kubernetes, ALONE)).toEqual({ middleware: undefined, headers: undefined, filter: false }));

  test('ingress-nginx: headers in a ConfigMap, where its own lets this one be set', async () => {
    const labels = { 'app.kubernetes.io/name': 'ingress-nginx' };
    const settings = (data: object) => inDoors({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'controller', labels }, data });
    await settings({ 'global-allowed-response-headers': 'X-Other' });
    expect((await ensureNoIndex(kubernetes, ALONE)).headers).toBeUndefined();
    await settings({ 'global-allowed-response-headers': 'X-Other, X-Robots-Tag' });
    const { headers = '' } = await ensureNoIndex(kubernetes, ALONE);
    expect(await configMap(headers)).toMatchObject({ data: { 'X-Robots-Tag': 'noindex' } });
    await kubernetes.delete({ apiVersion: 'v1', kind: 'ConfigMap', name: 'controller', namespace: DOORS });
  });

  test('Traefik: a Middleware, where it says that it reads them', async () => {
    await define('traefik.io', 'v1alpha1', 'Middleware', 'middlewares', 'Namespaced');
    expect((await ensureNoIndex(kubernetes, ALONE)).middleware).toBeUndefined();
    const labels = { 'app.kubernetes.io/name': 'traefik' };
    const pod = (args: string[]) => ({
      ...POD,
      metadata: { name: 'traefik', labels },
      spec: { containers: [{ name: 'traefik', image: 'x', args }] },
    });
    await inDoors({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } });
    await inDoors(pod(['--providers.kubernetesingress', '--providers.kubernetescrd']));
    const { middleware: name = '' } = await ensureNoIndex(kubernetes, ALONE);
    expect(await middleware(name)).toMatchObject({ spec: { headers: { customResponseHeaders: { 'X-Robots-Tag': 'noindex' } } } });
    // Of two, one does not: its routes with a Middleware would answer nobody.
    await inDoors({ ...pod(['--providers.kubernetesingress']), metadata: { name: 'other', labels } });
    expect((await ensureNoIndex(kubernetes, ALONE)).middleware).toBeUndefined();
    for (const one of ['traefik', 'other']) await kubernetes.delete({ ...POD, name: one, namespace: DOORS });
  });

  test('Gateways: a filter, where each class says to know it', async () => {
    await define('gateway.networking.k8s.io', 'v1', 'GatewayClass', 'gatewayclasses', 'Cluster');
    const ref = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'GatewayClass' };
    const known = async (name: string, supportedFeatures: object[] | string[]) => {
      await kubernetes.apply({ ...ref, metadata: { name }, spec: { controllerName: 'x' } }, { fieldManager: 'test', force: true });
      await kubernetes.patch({ ...ref, name }, { status: { supportedFeatures } }, { type: 'merge', subresource: 'status' });
    };
    await known('one', [{ name: 'Gateway' }, { name: 'HTTPRouteResponseHeaderModification' }]);
    expect((await ensureNoIndex(kubernetes, ALONE)).filter).toBe(true);
    await known('two', ['Gateway']);
    expect((await ensureNoIndex(kubernetes, ALONE)).filter).toBe(false);
    for (const name of ['one', 'two']) await kubernetes.delete({ ...ref, name });
  });
});

test.each<[string[], boolean]>([
  [['--providers.kubernetescrd'], true],
  [['--providers.kubernetesCRD=true'], true],
  [['--providers.kubernetescrd=false'], false],
  [['--providers.kubernetescrd.namespaces=a'], false],
  [[], false],
])('a Traefik with %j reads Middlewares: %s', (args, reads) =>
  expect(readsMiddlewares({ spec: { containers: [{ name: 'x', args }] } })).toBe(reads),
);
