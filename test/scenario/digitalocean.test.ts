import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ActionResult, runAction } from '../support/action.ts';
import { leaks } from '../support/canary.ts';
import { DigitalOceanStandIn, type Fault } from '../support/digitalocean/stand-in.ts';
import { CLUSTER_ID, cluster } from '../support/digitalocean/world.ts';

const CANARIES = {
  'DigitalOcean token': 'dop_v1_canary4f7ab1c09d8e',
  'kubeconfig token': 'canary-kube-5d41402abc4b2a76',
  'password to read': 'canary-read-7c6a180b36896a0a',
  'password to write': 'canary-write-6cb75f652a9b52798',
  'registry password': 'canary-registry-1f3870be274f6c49',
  'database password': 'canary-database-8f14e45fceea167a',
  'kubeconfig key': 'Y2FuYXJ5S2V5TGluZU9mQVByaXZhdGVLZXk5ZTEw',
};

/** Nothing listens there: what comes after DigitalOcean's API says so. */
const KUBECONFIG = `apiVersion: v1
kind: Config
current-context: do-fra1-acme
clusters: [{name: do-fra1-acme, cluster: {server: "https://127.0.0.1:1"}}]
contexts: [{name: do-fra1-acme, context: {cluster: do-fra1-acme, user: admin}}]
users: [{name: admin, user: {token: ${CANARIES['kubeconfig token']}}}]
`;

/** A user's own, with a client certificate's key. */
const PEM = `-----BEGIN PRIVATE KEY-----\n${CANARIES['kubeconfig key']}\n-----END PRIVATE KEY-----\n`;
const OWN_KUBECONFIG = KUBECONFIG.replace(
  `token: ${CANARIES['kubeconfig token']}`,
  `client-key-data: ${Buffer.from(PEM).toString('base64')}, password: ${CANARIES['kubeconfig token']}`,
);

let workspace: string;
beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'todo-deploy-do-'));
  mkdirSync(join(workspace, 'app'));
  writeFileSync(join(workspace, 'app', 'Dockerfile'), 'FROM scratch\n');
  mkdirSync(join(workspace, 'chart'));
  writeFileSync(join(workspace, 'chart', 'Chart.yaml'), 'name: todo\nversion: 1.0.0\n');
});
afterAll(() => rmSync(workspace, { recursive: true }));

interface Run {
  main: ActionResult;
  post: ActionResult;
  standIn: DigitalOceanStandIn;
}

/** Both steps of an action beside a stand-in of its own. What breaks the description, and what shows a secret, fails the test. */
async function run(action: string, inputs: Record<string, string>, prepare: (standIn: DigitalOceanStandIn) => void): Promise<Run> {
  const standIn = await DigitalOceanStandIn.start();
  standIn.world.kubeconfigs[CLUSTER_ID] = KUBECONFIG;
  const acme = standIn.world.registries.acme;
  if (acme) Object.assign(acme, { read: `reader:${CANARIES['password to read']}`, write: `writer:${CANARIES['password to write']}` });
  prepare(standIn);
  const call = {
    action,
    inputs,
    cwd: workspace,
    env: {
      GITHUB_ACTIONS: 'true',
      DIGITALOCEAN_ACCESS_TOKEN: CANARIES['DigitalOcean token'],
      DIGITALOCEAN_API_URL: standIn.url,
      // What is not there is not fetched either.
      PATH: '',
      TODO_DEPLOY_TRIVY_MIRROR: 'http://127.0.0.1:1',
      DOCKER_CONFIG: workspace,
    },
  };
  try {
    const main = await runAction(call);
    const post = await runAction({ ...call, step: 'post', state: main.state, tempDir: main.tempDir });
    expect(standIn.problems).toEqual([]);
    // After the post step: files are those that are left.
    expect([...leaks(main, CANARIES), ...leaks(post, CANARIES)]).toEqual([]);
    return { main, post, standIn };
  } finally {
    await standIn.stop();
  }
}

const smoke = (inputs: Record<string, string> = {}, prepare: (standIn: DigitalOceanStandIn) => void = () => undefined) =>
  run('actions/smoke-test', { smoke: '- {service: web}', cluster: 'acme-production', ...inputs }, prepare);
const build = (inputs: Record<string, string> = {}, prepare: (standIn: DigitalOceanStandIn) => void = () => undefined) =>
  run('actions/build-push', { images: 'app: ./app', registry: 'registry.digitalocean.com/acme', ...inputs }, prepare);

/** The one line of a red run. */
function error({ main }: Run): string {
  const lines = main.log.filter((line) => line.startsWith('::error'));
  expect([lines.length, main.exitCode]).toEqual([1, 1]);
  return (lines[0] ?? '').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

const asked = ({ standIn }: Run): string[] => standIn.seen.map(({ method, url, status }) => `${method} ${url} ${status}`);
const LIST = 'GET /v2/kubernetes/clusters?per_page=200';
const KUBE = `GET /v2/kubernetes/clusters/${CLUSTER_ID}/kubeconfig?type=token&expiry_seconds=3600`;

describe('DigitalOcean', () => {
  test.concurrent('a cluster by name: a token for an hour, then its API server is asked', async () => {
    const done = await smoke();
    expect(asked(done)).toEqual([`${LIST} 200`, `${KUBE} 200`]);
    expect(error(done)).toContain('Kubernetes API https://127.0.0.1:1 (GET /version): connection refused');
  });

  test.concurrent('a cluster by id', async () => {
    expect(asked(await smoke({ cluster: CLUSTER_ID }))).toEqual([`GET /v2/kubernetes/clusters/${CLUSTER_ID} 200`, `${KUBE} 200`]);
  });

  test.concurrent('the token as an input', async () => {
    const done = await smoke({ 'digitalocean-token': `${CANARIES['DigitalOcean token']}-2` });
    expect(done.standIn.seen[0]?.headers.authorization).toBe(`Bearer ${CANARIES['DigitalOcean token']}-2`);
  });

  test.concurrent.each<[Fault, string]>([
    [401, 'DigitalOcean answered 401 when asked for a kubeconfig of the cluster acme-production (Unable to authenticate you.)'],
    [403, 'the token needs the scope kubernetes:access_cluster'],
    [404, 'DigitalOcean answered 404 when asked for a kubeconfig of the cluster acme-production'],
    [409, 'DigitalOcean answered 409 when asked for a kubeconfig of the cluster acme-production'],
    [422, 'DigitalOcean answered 422 when asked for a kubeconfig of the cluster acme-production'],
    ['not JSON', 'DigitalOcean answered something else when asked for a kubeconfig of the cluster acme-production'],
  ])('kubeconfig, %s: one clear line', async (fault, line) => {
    const done = await smoke({}, (standIn) => standIn.fail(/kubeconfig/, fault));
    expect(error(done)).toContain(line);
    expect(done.standIn.seen).toHaveLength(2);
  });

  test.concurrent.each<[Fault, string]>([
    [403, 'the token needs the scope kubernetes:read'],
    ['not JSON', 'DigitalOcean answered something else than JSON when asked for the Kubernetes clusters'],
  ])('clusters, %s: one clear line', async (fault, line) => {
    const done = await smoke({}, (standIn) => standIn.fail(/clusters\?/, fault));
    expect(error(done)).toContain(line);
    expect(done.standIn.seen).toHaveLength(1);
  });

  test.concurrent.each<[Fault]>([[429], [500], ['cut'], ['half']])('%s once at each call: repeated, and it goes on', async (fault) => {
    const done = await smoke({}, (standIn) => {
      standIn.fail(/clusters\?/, fault);
      standIn.fail(/kubeconfig/, fault);
    });
    expect(error(done)).toContain('Kubernetes API https://127.0.0.1:1 (GET /version): connection refused');
    expect(done.standIn.seen).toHaveLength(4);
  });

  test.concurrent('a control-plane firewall is named, with what to do', async () => {
    const firewall = { enabled: true, allowed_addresses: ['192.0.2.0/24'] };
    const done = await smoke({}, (standIn) => {
      standIn.world.clusters = [cluster({ control_plane_firewall: firewall })];
    });
    expect(error(done)).toContain('The cluster acme-production does not answer, and its control-plane firewall lets in only 192.0.2.0/24');
    expect(error(done)).toContain(`doctl kubernetes cluster update ${CLUSTER_ID} --control-plane-firewall-allowed-addresses 192.0.2.0/24,`);
  });

  test.concurrent('an API by http elsewhere is never asked', async () => {
    const call = { smoke: '- {service: web}', cluster: 'acme' };
    const env = { GITHUB_ACTIONS: 'true', DIGITALOCEAN_ACCESS_TOKEN: 'x', DIGITALOCEAN_API_URL: 'http://api.example.com' };
    const result = await runAction({ action: 'actions/smoke-test', inputs: call, env });
    expect(result.log.find((line) => line.startsWith('::error'))).toContain('the token is sent by https only');
  });

  const READ = 'GET /v2/registries/acme/docker-credentials?expiry_seconds=7200 200';

  test.concurrent('build-push asks for credentials to read first, and for nothing more', async () => {
    const done = await build();
    expect(asked(done)).toEqual([READ]);
    // Without Trivy nothing is built; that is not what is shown here.
    expect(error(done)).toContain('trivy was not found');
    expect(done.main.log).toContain(`::add-mask::${CANARIES['password to read']}`);
  });

  test.concurrent('a login of one’s own asks DigitalOcean for nothing', async () => {
    expect(asked(await build({ username: 'me', password: CANARIES['password to read'] }))).toEqual([]);
  });

  test.concurrent('another registry neither', async () => {
    expect(asked(await build({ registry: 'registry.example.com/acme' }))).toEqual([]);
  });

  test.concurrent('a prefix without a registry', async () => {
    expect(error(await build({ registry: 'registry.digitalocean.com' }))).toContain(
      '"registry.digitalocean.com" names no registry at DigitalOcean',
    );
  });

  test.concurrent.each<[Fault, string]>([
    [401, 'DigitalOcean answered 401 when asked for read credentials of the registry acme'],
    [403, 'the token needs the scopes registry:read and registry:update'],
    [404, 'DigitalOcean answered 404 when asked for read credentials of the registry acme'],
    [409, 'DigitalOcean answered 409 when asked for read credentials of the registry acme'],
    [422, 'DigitalOcean answered 422 when asked for read credentials of the registry acme'],
    ['not JSON', 'DigitalOcean answered something else than JSON when asked for read credentials of the registry acme'],
  ])('credentials, %s: one clear line', async (fault, line) => {
    const done = await build({}, (standIn) => standIn.fail(/docker-credentials/, fault));
    expect(error(done)).toContain(line);
    expect(done.standIn.seen).toHaveLength(1);
  });

  test.concurrent.each<[Fault]>([[429], [500], ['cut'], ['half']])('credentials, %s once: repeated', async (fault) => {
    const done = await build({}, (standIn) => standIn.fail(/docker-credentials/, fault));
    expect(error(done)).toContain('trivy was not found');
    expect(done.standIn.seen).toHaveLength(2);
  });
});

/** Every input that takes a secret, in every action; `run` looks for them. */
describe('no secret is shown, and none is left behind', () => {
  const TOKEN_INPUT = { 'digitalocean-token': CANARIES['DigitalOcean token'] };
  const own = (text: string) => ({ ...TOKEN_INPUT, kubeconfig: text });
  const base64 = Buffer.from(OWN_KUBECONFIG).toString('base64');
  const broken = OWN_KUBECONFIG.replace('contexts: [', 'contexts: {');
  const smokeChecks = { smoke: '- {service: web}' };
  const deploy = { chart: './chart', secrets: `database/password=${CANARIES['database password']}` };
  const login = { ...TOKEN_INPUT, username: 'me', password: CANARIES['registry password'] };
  const images = { images: 'app: ./app', registry: 'registry.example.com/acme' };

  test.concurrent.each<[string, Record<string, string>]>([
    ['actions/smoke-test', { ...smokeChecks, ...own(OWN_KUBECONFIG) }],
    ['actions/smoke-test', { ...smokeChecks, ...own(base64) }],
    ['actions/smoke-test', { ...smokeChecks, ...own(broken) }],
    ['actions/smoke-test', { ...smokeChecks, ...own(Buffer.from(broken).toString('base64')) }],
    ['actions/smoke-test', { ...smokeChecks, ...own(OWN_KUBECONFIG), cluster: 'acme-production' }],
    ['actions/deploy', { ...deploy, ...own(OWN_KUBECONFIG) }],
    ['actions/deploy', { ...deploy, ...own(base64), secrets: CANARIES['database password'] }],
    ['actions/deploy', { ...deploy, ...own(base64), secrets: `database=${CANARIES['database password']}` }],
    ['actions/deploy', { ...deploy, ...own(base64), 'github-token': CANARIES['password to read'] }],
    ['actions/rollback', { release: 'todo', ...own(OWN_KUBECONFIG) }],
    ['actions/build-push', { ...images, ...login }],
    ['actions/build-push', { ...images, ...login, username: '' }],
    ['actions/build-push', { ...images, ...login, secrets: `key=${CANARIES['database password']}` }],
    ['actions/build-push', { ...images, ...login, secrets: CANARIES['database password'] }],
    ['.', { ...images, ...deploy, ...login, kubeconfig: OWN_KUBECONFIG, 'build-secrets': `key=${CANARIES['database password']}` }],
  ])('%s %#', async (action, inputs) => {
    const { main, post } = await run(action, inputs, () => undefined);
    // Each of them fails, and has words for it.
    expect([main.exitCode, main.log.filter((line) => line.startsWith('::error')).length, post.exitCode]).toEqual([1, 1, 0]);
  });
});
