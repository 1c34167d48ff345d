import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ClusterEnvironment, clusterEnvironment } from '../../demo/environment.ts';
import { type ActionResult, runAction } from '../support/action.ts';
import { kubectl } from '../support/kubectl.ts';

const namespace = `smoke-${Date.now().toString(36)}`;
let cluster: ClusterEnvironment;

const labels = { app: 'web' };
const port = { name: 'http', port: 80, targetPort: 8080 };
const MANIFESTS = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: 'web',
              image: 'busybox:1.37',
              command: [
                'sh',
                '-c',
                'mkdir -p /tmp/www && echo \'{"status":"healthy"}\' > /tmp/www/health && exec httpd -f -p 8080 -h /tmp/www',
              ],
              readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace }, spec: { type: 'NodePort', selector: labels, ports: [port] } },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'empty', namespace }, spec: { selector: { app: 'none' }, ports: [port] } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'tester', namespace } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'stranger', namespace } },
  // What the README says is needed.
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'tester', namespace },
    rules: [
      { apiGroups: [''], resources: ['services'], verbs: ['get'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list'] },
      { apiGroups: [''], resources: ['pods/portforward'], verbs: ['get', 'create'] },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'tester', namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'tester' },
    subjects: [{ kind: 'ServiceAccount', name: 'tester', namespace }],
  },
];

beforeAll(() => {
  cluster = clusterEnvironment();
  kubectl(cluster, ['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: MANIFESTS }));
  kubectl(cluster, ['rollout', 'status', '--namespace', namespace, 'deployment/web', '--timeout=120s']);
});
afterAll(() => {
  kubectl(cluster, ['delete', 'namespace', namespace, '--wait=false']);
});

function smokeTest(smoke: unknown, inputs: Record<string, string> = {}): Promise<ActionResult> {
  return runAction({
    action: 'actions/smoke-test',
    inputs: { smoke: JSON.stringify(smoke), release: namespace, retries: '2', interval: '200ms', timeout: '30s', ...inputs },
    env: { ...cluster.env, GITHUB_ACTIONS: 'true' },
  });
}

const errors = (result: ActionResult): string[] => result.log.filter((line) => line.startsWith('::error'));
const targets = (result: ActionResult): string[] =>
  JSON.parse(readFileSync(result.outputs['report-file'] ?? '', 'utf8')).results.map((entry: { target: string }) => entry.target);

describe('checks of a Service', () => {
  const health = { service: 'web', path: '/health', json: { status: 'healthy' } };

  test('go to each of its ready pods', async () => {
    const result = await smokeTest([health]);
    const pods = kubectl(cluster, ['get', 'pods', '--namespace', namespace, '--output=jsonpath={.items[*].metadata.name}'])
      .split(' ')
      .sort();
    expect([errors(result), result.exitCode]).toEqual([[], 0]);
    expect(targets(result)).toEqual(pods.map((pod) => `pod ${pod}`));
    expect(pods).toHaveLength(2);
  });

  test('go to node ports', async () => {
    const result = await smokeTest([{ ...health, 'node-port': true }]);
    expect([errors(result), targets(result)]).toEqual([[], cluster.nodes.map(({ name }) => `node ${name}`)]);
  });

  test('work with just the rights that the README names', async () => {
    const result = await smokeTest([health], { 'service-account': `${namespace}/tester` });
    expect([errors(result), result.exitCode]).toEqual([[], 0]);
  });

  test('say which right is missing', async () => {
    const result = await smokeTest([health], { 'service-account': `${namespace}/stranger`, retries: '0' });
    expect(errors(result)[0]).toMatch(/cannot get resource .*services.* in API group/);
  });

  test.each([
    [{ service: 'empty' }, 'no ready pod or address to send the check to'],
    [{ service: 'none' }, `There is no Service none in namespace ${namespace}`],
    [{ service: 'web:metrics' }, 'Service web has no port metrics'],
    [{ service: 'empty', 'node-port': true }, 'Service empty has no node port'],
    [{ ...health, json: { status: 'sick' } }, 'json status: expected "sick", got "healthy"'],
  ])('%j fails: %s', async (check, message) => {
    const result = await smokeTest([check]);
    expect(errors(result)).toHaveLength(1);
    expect(errors(result)[0]).toContain(message);
    expect(result.exitCode).toBe(1);
  });
});
