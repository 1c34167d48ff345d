import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execaSync } from 'execa';
import { type ClusterEnvironment, clusterEnvironment, ROOT } from '../../demo/environment.ts';
import { type ActionResult, runAction } from '../support/action.ts';
import { watchArguments } from '../support/argv.ts';
import { leaks } from '../support/canary.ts';
import { DigitalOceanStandIn } from '../support/digitalocean/stand-in.ts';
import { CLUSTER_ID, collection } from '../support/digitalocean/world.ts';
import { kubectl } from '../support/kubectl.ts';

jest.setTimeout(240_000);

const TOKEN = 'dop_v1_canary4f7ab1c09d8e';
const DATABASE = 'canary-database-8f14e45fceea167a';
const namespace = `digitalocean-${Date.now().toString(36)}`;
/** Our own registry, as if it were DigitalOcean's; the name of the registry there. */
const REGISTRY = namespace;
const SECRET = `todo-deploy-docr-${REGISTRY}`;

let cluster: ClusterEnvironment;
let standIn: DigitalOceanStandIn;
let work: string;
/** Of an administrator's ServiceAccount: what DigitalOcean's `type=token` gives. */
let adminToken: string;
/** Everything that has to stay hidden. */
let canaries: Record<string, string>;
let images: string;

const account = (name: string) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } });
const subjects = (name: string) => [{ kind: 'ServiceAccount', name, namespace }];
const rbac = 'rbac.authorization.k8s.io';
const OBJECTS = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  account('admin'),
  account('tester'),
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: namespace },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: subjects('admin'),
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'Role',
    metadata: { name: 'tester', namespace },
    rules: [
      { apiGroups: [''], resources: ['services'], verbs: ['get'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list'] },
      { apiGroups: [''], resources: ['pods/portforward'], verbs: ['get', 'create'] },
    ],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name: 'tester', namespace },
    roleRef: { apiGroup: rbac, kind: 'Role', name: 'tester' },
    subjects: subjects('tester'),
  },
];

beforeAll(async () => {
  cluster = clusterEnvironment();
  work = mkdtempSync(join(tmpdir(), 'todo-deploy-digitalocean-'));
  kubectl(cluster, ['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: OBJECTS }));
  adminToken = kubectl(cluster, ['--namespace', namespace, 'create', 'token', 'admin', '--duration=1h']).trim();
  standIn = await DigitalOceanStandIn.start();
  prepare();
  canaries = {
    'DigitalOcean token': TOKEN,
    'cluster token': adminToken,
    'registry password': cluster.registry.password,
    'database password': DATABASE,
  };
});
afterEach(() => {
  const problems = [...standIn.problems];
  standIn.reset();
  prepare();
  expect(problems).toEqual([]);
});
afterAll(async () => {
  await standIn.stop();
  kubectl(cluster, ['delete', 'clusterrolebinding', namespace]);
  kubectl(cluster, ['delete', 'namespace', namespace, '--wait=false']);
  rmSync(work, { recursive: true });
});

/** DigitalOcean's kubeconfig, of the embedded cluster. */
function kubeconfig(): string {
  const own = JSON.parse(kubectl(cluster, ['config', 'view', '--raw', '--minify', '--output=json']));
  const name = 'do-fra1-acme-production';
  return `apiVersion: v1
kind: Config
current-context: ${name}
preferences: {}
clusters:
- name: ${name}
  cluster: ${JSON.stringify(own.clusters[0].cluster)}
contexts:
- name: ${name}
  context: {cluster: ${name}, user: ${name}-admin}
users:
- name: ${name}-admin
  user: {token: ${adminToken}}
`;
}

function prepare(): void {
  const { world } = standIn;
  const login = `${cluster.registry.username}:${cluster.registry.password}`;
  world.kubeconfigs[CLUSTER_ID] = kubeconfig();
  world.registryHost = cluster.registry.host;
  world.registries = { [REGISTRY]: { read: login, write: login, collections: [undefined], repositories: {} } };
}

/** Main and post step of an action, without a kubeconfig or a docker login of its own. What shows a secret fails the test. */
async function run(action: string, inputs: Record<string, string>, env: Record<string, string> = {}): Promise<ActionResult> {
  const call = {
    action,
    inputs,
    cwd: ROOT,
    env: {
      ...cluster.env,
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'acme/pair',
      DIGITALOCEAN_ACCESS_TOKEN: TOKEN,
      DIGITALOCEAN_API_URL: standIn.url,
      TODO_DEPLOY_DOCR_HOST: cluster.registry.host,
      KUBECONFIG: join(work, 'none'),
      DOCKER_CONFIG: work,
      ...env,
    },
  };
  const watch = watchArguments(canaries);
  const main = await runAction(call);
  const post = await runAction({ ...call, step: 'post', state: main.state, tempDir: main.tempDir });
  expect(watch.stop()).toEqual([]);
  expect(watch.looked()).toBeGreaterThan(1000);
  expect([...leaks(main, canaries), ...leaks(post, canaries)]).toEqual([]);
  expect([post.exitCode, post.log.filter((line) => line.startsWith('::warning'))]).toEqual([0, []]);
  return main;
}

/** Fails with the log, which says more than a comparison. */
function expectGreen(result: ActionResult): ActionResult {
  if (result.exitCode !== 0) throw new Error(`The run is red:\n${result.log.slice(-40).join('\n')}`);
  return result;
}

const asked = (): string[] => standIn.seen.map(({ method, url }) => `${method} ${decodeURIComponent(url)}`);
const CLUSTERS = 'GET /v2/kubernetes/clusters?per_page=200';
const KUBECONFIG = `GET /v2/kubernetes/clusters/${CLUSTER_ID}/kubeconfig?type=token&expiry_seconds=`;
const CREDENTIALS = `GET /v2/registries/${REGISTRY}/docker-credentials`;
const registry = () => `${cluster.registry.host}/${REGISTRY}`;

const deploy = (version: string, inputs: Record<string, string> = {}) =>
  run('actions/deploy', {
    chart: 'test/charts/pair',
    namespace,
    version,
    cluster: 'acme-production',
    registry: registry(),
    images,
    values: JSON.stringify({ image: { repository: `${registry()}/pair`, tag: version }, ingress: { enabled: false } }),
    secrets: `database/password=${DATABASE}`,
    smoke: '- {service: pair-frontend, path: /}',
    timeout: '90s',
    bake: '1s',
    drain: '1s',
    ...inputs,
  });

describe('DigitalOcean', () => {
  test('build-push: reads with one login, waits for a garbage collection, pushes with another', async () => {
    const own = standIn.world.registries[REGISTRY];
    if (own) own.collections = [{ ...collection('scanning manifests'), registry_name: REGISTRY }, undefined];
    const result = expectGreen(
      await run('actions/build-push', {
        images: 'pair: {context: ./test/apps/pair, build-args: {VERSION: v1}}',
        registry: registry(),
        version: 'v1',
        builder: cluster.buildkit.address,
        cache: 'off',
      }),
    );
    expect(asked()).toEqual([
      `${CREDENTIALS}?expiry_seconds=7200`,
      `GET /v2/registries/${REGISTRY}/garbage-collection`,
      `GET /v2/registries/${REGISTRY}/garbage-collection`,
      'GET /v2/registries/subscription',
      `GET /v2/registries/${REGISTRY}/repositoriesV2?per_page=200`,
      `${CREDENTIALS}?read_write=true&expiry_seconds=7200`,
    ]);
    expect(result.log.join('\n')).toContain(`Waiting for the garbage collection of the registry ${REGISTRY} (scanning manifests)`);
    expect(result.outputs.pushed).toBe('true');
    images = result.outputs.images ?? '';
  });

  test('build-push: a plan without room stops it before the push', async () => {
    standIn.world.tier = { name: 'Starter', slug: 'starter', included_repositories: 1 };
    const own = standIn.world.registries[REGISTRY];
    if (own) own.repositories = { other: [] };
    const result = await run('actions/build-push', {
      images: 'roomless: {context: ./test/apps/pair, build-args: {VERSION: v1}}',
      registry: registry(),
      version: 'v1',
      builder: cluster.buildkit.address,
      cache: 'off',
    });
    expect(result.log.filter((line) => line.startsWith('::error')).join()).toContain(
      'is on the plan Starter, which holds 1 repository, and has 1 (other): this push would add roomless',
    );
    expect([result.exitCode, result.outputs.pushed]).toEqual([1, 'false']);
    expect(asked().filter((line) => line.includes('read_write'))).toEqual([]);
  });

  test('build-push: without a token the registry refuses, and what is missing is said in its own words', async () => {
    const inputs = { images: 'pair: ./test/apps/pair', registry: registry(), builder: cluster.buildkit.address };
    const result = await run('actions/build-push', inputs, { DIGITALOCEAN_ACCESS_TOKEN: '' });
    const [error = '', ...more] = result.log.filter((line) => line.startsWith('::error'));
    expect([more, result.exitCode]).toEqual([[], 1]);
    expect(error).toContain(`pushing to ${registry()}/pair: the registry answered 401 UNAUTHORIZED`);
    expect(error).toContain('set env DIGITALOCEAN_ACCESS_TOKEN of the job, or the input "digitalocean-token"');
    expect(asked()).toEqual([]);
  });

  test('a dry run by the cluster’s name reaches it, and makes no Secret', async () => {
    const result = expectGreen(await deploy('v1', { 'dry-run': 'true' }));
    expect(result.outputs.status).toBe('planned');
    expect(asked()).toEqual([CLUSTERS, `${KUBECONFIG}3600`, `${CREDENTIALS}?expiry_seconds=3600`]);
    expect(kubectl(cluster, ['--namespace', namespace, 'get', 'secret', SECRET, '--ignore-not-found'])).toBe('');
  });

  test('who may not have the pull Secret’s credentials is told before anything is touched', async () => {
    standIn.fail(/docker-credentials$/, 403);
    const result = await deploy('v1');
    expect(result.log.filter((line) => line.startsWith('::error')).join()).toContain(
      'the token needs the scopes registry:read and registry:update',
    );
    expect(result.outputs).toMatchObject({ status: 'failed', 'failure-reason': 'access-denied' });
    expect(kubectl(cluster, ['--namespace', namespace, 'get', 'deployments', '--output=name'])).toBe('');
  });

  test('a deploy keeps a pull Secret that does not end, and its pods pull with it', async () => {
    const result = expectGreen(await deploy('v1'));
    expect(result.outputs.status).toBe('deployed');
    // The post step asks for nothing again.
    expect(asked()).toEqual([CLUSTERS, `${KUBECONFIG}3600`, `${CREDENTIALS}?expiry_seconds=3600`, CREDENTIALS]);
    const secret = JSON.parse(kubectl(cluster, ['--namespace', namespace, 'get', 'secret', SECRET, '--output=json']));
    expect(secret).toMatchObject({
      type: 'kubernetes.io/dockerconfigjson',
      metadata: { labels: { 'app.kubernetes.io/managed-by': 'todo-deploy', 'todo-deploy.dev/registry': REGISTRY } },
    });
    const pods = JSON.parse(kubectl(cluster, ['--namespace', namespace, 'get', 'pods', '--output=json'])).items;
    expect(pods.length).toBeGreaterThan(0);
    for (const pod of pods) expect(pod.spec.imagePullSecrets).toEqual([{ name: SECRET }]);
    const values = ['pair', 'pair-blue'].map(
      (release) => execaSync('helm', ['--namespace', namespace, 'get', 'values', release], { env: cluster.env }).stdout,
    );
    for (const value of Object.values(canaries)) expect(values.join()).not.toContain(value);
  });

  test('the next one finds it', async () => {
    expect(expectGreen(await deploy('v1')).outputs.status).toBe('unchanged');
    expect(asked()).not.toContain(CREDENTIALS);
  });

  const smoke = (inputs: Record<string, string>) =>
    run('actions/smoke-test', { smoke: '- {service: pair-frontend, path: /}', namespace, retries: '1', ...inputs });

  test('by id, with nothing but a token of a ServiceAccount', async () => {
    expectGreen(await smoke({ cluster: CLUSTER_ID, 'service-account': `${namespace}/tester` }));
    expect(asked()).toEqual([`GET /v2/kubernetes/clusters/${CLUSTER_ID}`, `${KUBECONFIG}600`]);
  });

  test('a ServiceAccount without rights has none, whatever the administrator’s token may do', async () => {
    const result = await smoke({ cluster: CLUSTER_ID, 'service-account': `${namespace}/default`, retries: '0' });
    expect(result.log.filter((line) => line.startsWith('::error')).join()).toContain(
      `User "system:serviceaccount:${namespace}:default" cannot get`,
    );
  });

  test('a ServiceAccount that does not exist', async () => {
    const result = await smoke({ cluster: CLUSTER_ID, 'service-account': `${namespace}/nobody` });
    expect(result.log.filter((line) => line.startsWith('::error')).join()).toContain(`there is no ServiceAccount ${namespace}/nobody`);
  });

  test('a token that the cluster does not take', async () => {
    standIn.world.kubeconfigs[CLUSTER_ID] = kubeconfig().replace(adminToken, 'canary-wrong-token');
    const result = await smoke({ cluster: 'acme-production' });
    expect(result.log.filter((line) => line.startsWith('::error'))).toHaveLength(1);
    expect(result.log.join()).toContain('the cluster does not accept these credentials');
  });
});
