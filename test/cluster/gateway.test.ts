import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ClusterEnvironment, clusterEnvironment } from '../../demo/environment.ts';
import { RunningLoad } from '../../demo/load/run.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { errorsOf, expectGreen, PairApp } from './deploy-support.ts';

jest.setTimeout(240_000);

const NAMESPACE = 'gateway-test';
const HOST = `${NAMESPACE}.example.test`;
const runner = new NodeProcessRunner({ env: process.env });
let cluster: ClusterEnvironment;
let app: PairApp;
let work: string;

beforeAll(async () => {
  cluster = clusterEnvironment();
  app = await PairApp.create(NAMESPACE, cluster, ['v1', 'v2', 'v3'], runner);
  work = mkdtempSync(join(tmpdir(), 'todo-deploy-gateway-'));
});
afterAll(() => {
  app.kubectl('delete', 'namespace', app.namespace, '--wait=false');
  rmSync(work, { recursive: true, force: true });
});

/** The cluster's own Gateway, which Traefik serves: in another namespace than the app. */
const SHARED = { name: 'gateway', namespace: 'traefik' };
const FRONTEND = { name: 'pair-frontend', port: 80 };
const route = ({ kind = 'HTTPRoute', name = 'pair', host = HOST, parent = {}, backends = [FRONTEND] as object[] } = {}) => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind,
  metadata: { name },
  spec: { parentRefs: [{ ...SHARED, ...parent }], hostnames: [host], rules: [{ backendRefs: backends }] },
});
const plain = route({ parent: { sectionName: 'web' } });
const deploy = (version: string, routes: object[], inputs: Record<string, string> = {}, frontend: object = {}) =>
  app.deploy(version, {
    values: app.values(version, { routes, autoscaling: { enabled: false }, frontend: { replicas: 2, ...frontend } }),
    smoke: '',
    'version-header': 'X-App-Version',
    drain: '2s',
    ...inputs,
  });
const acceptedBy = (kind: string, name: string) =>
  app
    .get(kind, name)
    .status.parents.flatMap((parent: { conditions: { type: string; status: string }[] }) =>
      parent.conditions.map(({ type, status }) => `${type}=${status}`),
    );

describe('an app whose front door is an HTTPRoute', () => {
  test('a listener that is not there: told before anything is touched', async () => {
    // A run takes its lease first, and gives it up.
    const things = () => app.kubectl('get', 'all,secrets,configmaps', '--output=name');
    const before = things();
    const result = await deploy('v1', [route({ parent: { sectionName: 'none' } })]);
    expect(result.outputs).toMatchObject({ status: 'failed', 'failure-reason': 'route-not-accepted', 'active-color': '' });
    expect(errorsOf(result)[0]).toContain('HTTPRoute/pair: no listener of Gateway traefik/gateway has sectionName none (NoMatchingParent)');
    expect(things()).toBe(before);
  });

  test('both ways in: the URL is the one with TLS', async () => {
    const result = expectGreen(await deploy('v1', [route()], { 'dry-run': 'true' }));
    expect(result.outputs).toMatchObject({ status: 'planned', url: `https://${HOST}` });
  });

  test('the first deploy: it answers from the version at the address of the Gateway', async () => {
    const result = expectGreen(await deploy('v1', [plain]));
    expect(result.outputs).toMatchObject({ status: 'deployed', version: 'v1', url: `http://${HOST}` });
    expect(result.log.join('\n')).toContain(`create a DNS record ${HOST} → ${new URL(cluster.ingress.http[0] ?? '').hostname}`);
    expect(result.summary).toContain('answers from v1 in a row');
    expect(acceptedBy('httproute', 'pair')).toEqual(['Accepted=True', 'ResolvedRefs=True']);
  });

  test('under traffic through the Gateway: a good version, then one whose check fails once users reach it', async () => {
    const load = new RunningLoad(
      {
        targets: cluster.ingress.http,
        host: HOST,
        paths: ['/'],
        sources: cluster.loadSources,
        rate: 150,
        maxSeconds: 200,
        maxRequests: 100_000,
        timeoutMs: 10_000,
        versionHeader: 'x-app-version',
      },
      join(work, 'load.json'),
    );
    try {
      expect(expectGreen(await deploy('v2', [plain])).outputs).toMatchObject({
        status: 'deployed',
        version: 'v2',
        'previous-version': 'v1',
      });
      const fails = { env: { FAIL_AT_HOST: `${HOST}/checked` } };
      const failed = await deploy('v3', [plain], { smoke: '- {path: /checked}', bake: '10s' }, fails);
      expect(failed.outputs).toMatchObject({ status: 'rolled-back', 'failure-reason': 'smoke-failed', version: 'v2' });
    } finally {
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      const { sent, lost, losses, mixed, versions } = await load.stop();
      console.info(`through the Gateway: ${sent} sent, ${lost} lost, ${mixed} mixed, ${JSON.stringify(versions)}`);
      expect({ lost, mixed, losses }).toEqual({ lost: 0, mixed: 0, losses: [] });
      expect(Object.keys(versions).sort()).toEqual(['v1', 'v2', 'v3']);
    }
  });

  test('a Service of others behind the changed route, as Traefik sees it: users and route are back', async () => {
    const backends = [FRONTEND, { name: 'kubernetes', namespace: 'default', port: 443, weight: 0 }];
    const result = await deploy('v3', [route({ parent: { sectionName: 'web' }, backends })]);
    expect(result.outputs).toMatchObject({ status: 'rolled-back', 'failure-reason': 'route-unresolved', version: 'v2' });
    expect(errorsOf(result)[0]).toContain('HTTPRoute/pair: what it leads to is not found (RefNotPermitted: ');
    expect(app.get('httproute', 'pair').spec.rules[0].backendRefs).toHaveLength(1);
    expect(app.colors()).toEqual(['green', 'green']);
  });

  test('a GRPCRoute beside it is taken, and it is said that no check goes in by it', async () => {
    const grpc = route({ kind: 'GRPCRoute', name: 'pair-grpc', host: `grpc.${HOST}`, parent: { sectionName: 'web' } });
    const result = expectGreen(await deploy('v3', [plain, grpc]));
    expect(result.outputs).toMatchObject({ status: 'deployed', version: 'v3', url: `http://${HOST}` });
    expect(result.summary).toContain('GRPCRoute/pair-grpc: no check goes in by it');
    expect(acceptedBy('grpcroute', 'pair-grpc')).toEqual(['Accepted=True', 'ResolvedRefs=True']);
  });
});
