import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { until } from '../../cluster/wait.ts';
import { clusterEnvironment, ROOT } from '../../demo/environment.ts';
import { PULL_SECRET } from '../../demo/namespace.ts';
import { UserRepository } from '../../demo/workflow/repository.ts';
import { State } from '../../src/runtime/state.ts';
import { TempFiles } from '../../src/runtime/temp.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { type ActionResult, runAction } from '../support/action.ts';
import { GitHubStandIn } from '../support/github/server.ts';
import { kubectl } from '../support/kubectl.ts';
import { QUIET } from '../support/log.ts';
import { expectGreen, PairApp } from './deploy-support.ts';
import { ask as askHost, previewNamespaces } from './preview-probes.ts';
import { ProductImage } from './product-image.ts';

jest.setTimeout(300_000);

const NUMBER = 7;
const HOST = 'pr-7-pair.preview.example.test';
const cluster = clusterEnvironment();
const runner = new NodeProcessRunner({ env: process.env });
const work = mkdtempSync(join(tmpdir(), 'todo-deploy-preview-'));
/** What role.yaml tells to give. */
const ROLES = ['todo-deploy-preview', 'admin'];
const bind = (role: string) =>
  kubectl(cluster, [
    'create',
    'clusterrolebinding',
    `preview-test-${role}`,
    `--clusterrole=${role}`,
    '--serviceaccount=preview-test:previews',
  ]);
let standIn: GitHubStandIn;
let images: PairApp;
let repository: UserRepository;
let wakerImage: string;
const heads: string[] = [];

beforeAll(async () => {
  standIn = await GitHubStandIn.start();
  images = await PairApp.create('preview-test', cluster, ['v1', 'v2', 'v3'], runner);
  repository = await UserRepository.create(join(work, 'pair'), { [join(ROOT, 'test/charts/pair')]: 'charts/pair' }, runner);
  heads.push(await repository.commit('first'));
  const product = await ProductImage.create({ cluster, files: new TempFiles(work, new State({})), log: QUIET, name: 'td-preview' });
  wakerImage = await product.push((await product.build('product')).layout, `${cluster.registry.host}/preview-test/todo-deploy`);
  await product.remove();
  kubectl(cluster, ['apply', '--filename', join(ROOT, 'actions/preview/role.yaml')]);
  kubectl(cluster, ['--namespace=preview-test', 'create', 'serviceaccount', 'previews']);
  for (const role of ROLES) bind(role);
});
afterAll(async () => {
  standIn.close();
  for (const role of ROLES) kubectl(cluster, ['delete', 'clusterrolebinding', `preview-test-${role}`, '--ignore-not-found']);
  rmSync(work, { recursive: true, force: true });
  for (const name of ['namespace/preview-test', ...namespaces()]) kubectl(cluster, ['delete', name, '--wait=false']);
});
/** Whatever a test does: requests and answers keep to GitHub's description. */
afterEach(() => {
  expect(standIn.violations).toEqual([]);
  standIn.calls.length = 0;
});

/** The action, as a job of this pull request runs it; `image` is what was built of its head. */
function preview(image: string, inputs: Record<string, string> = {}, action = 'synchronize', of?: unknown): Promise<ActionResult> {
  const event = join(work, 'event.json');
  const pullRequest = of ?? standIn.played.object(NUMBER);
  writeFileSync(event, JSON.stringify({ action, number: NUMBER, pull_request: pullRequest, sender: { login: 'ada' } }));
  return runAction({
    action: 'actions/preview',
    cwd: repository.dir,
    inputs: {
      domain: 'preview.example.test',
      chart: 'charts/pair',
      images: `${images.image}:${image}`,
      values: JSON.stringify({
        image: { repository: images.image, tag: image },
        ingress: { className: 'traefik', host: 'pair.example.com' },
      }),
      'copy-secrets': `preview-test/${PULL_SECRET}`,
      'image-pull-secrets': PULL_SECRET,
      'waker-image': wakerImage,
      smoke: '- {service: pair-frontend, path: /}',
      timeout: '120s',
      'github-token': 'ghs_token',
      // What it is given is what actions/preview/role.yaml says, and no more.
      'service-account': 'preview-test/previews',
      ...inputs,
    },
    env: {
      ...cluster.env,
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: standIn.url,
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_EVENT_PATH: event,
      GITHUB_REPOSITORY: 'acme/pair',
      GITHUB_RUN_ID: '7',
      GITHUB_ACTOR: 'ada',
    },
  });
}
const play = (more: object = {}) => standIn.played.pulls.set(NUMBER, { number: NUMBER, head: heads.at(-1) ?? '', ...more });
const namespaces = () => previewNamespaces(cluster, 4242);
const ask = () => askHost(cluster, HOST, runner);
const comments = () => standIn.played.comments;

describe('a pull request', () => {
  test('opened: its preview answers at its own host, and one comment says so', async () => {
    play();
    const result = expectGreen(await preview('v1', {}, 'opened'));
    expect(result.outputs).toMatchObject({
      state: 'up',
      want: 'up',
      url: `http://${HOST}`,
      namespace: expect.stringMatching(/^pr-7-pair-[0-9a-f]{6}$/),
    });
    expect(await ask()).toMatchObject({ status: 200, body: expect.stringContaining('v1') });
    expect(comments()).toHaveLength(1);
    expect(comments()[0]?.body).toContain(`(http://${HOST})`);
    expect(standIn.played.deployments).toMatchObject([
      { ref: heads[0], environment: 'preview', statuses: [{ state: 'success', environment_url: `http://${HOST}`, auto_inactive: false }] },
    ]);
  });

  test('stands alone: quota, closed network, no token, little priority', () => {
    const [namespace = ''] = namespaces().map((name) => name.replace('namespace/', ''));
    const get = (...args: string[]) => JSON.parse(kubectl(cluster, ['--namespace', namespace, 'get', ...args, '--output=json']));
    expect(get('resourcequota', 'todo-deploy-preview').spec.hard).toMatchObject({
      'services.loadbalancers': '0',
      'services.nodeports': '0',
      pods: '40',
    });
    expect(get('networkpolicy', 'todo-deploy-preview').spec.policyTypes).toEqual(['Egress']);
    expect(get('networkpolicy', 'todo-deploy-preview-doors').spec.policyTypes).toEqual(['Ingress']);
    expect(get('namespace', namespace).metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    const pods = get('pods').items as { spec: object }[];
    expect(pods.length).toBeGreaterThan(0);
    for (const { spec } of pods)
      expect(spec).toMatchObject({ automountServiceAccountToken: false, priorityClassName: 'todo-deploy-preview' });
  });

  test('its network is proved to be closed, beside the deploy, and once', async () => {
    expect(comments()[0]?.body).toMatch(
      /Network \| closed, proved by a pod: no answer from the API server, the metadata address, the node, and/,
    );
    const [name = ''] = namespaces();
    expect(kubectl(cluster, ['get', name, '--output=jsonpath={.metadata.annotations}'])).toMatch(
      /preview-isolation":"[0-9a-f]{12} proved /,
    );
    expect(kubectl(cluster, ['--namespace', name.replace('namespace/', ''), 'get', 'jobs', '--output=name']).trim()).toBe('');
  });

  test('says that search engines may find it: this Traefik reads no Middlewares', () =>
    expect(comments()[0]?.body).toContain('Its answers do not say "X-Robots-Tag: noindex"'));

  test('behind an HTTPRoute its answers say that nobody is to index them, and it is gone again', async () => {
    const [number, host] = [8, 'pr-8-pair.preview.example.test'];
    standIn.played.pulls.set(number, { number, head: heads[0] ?? '' });
    const spec = {
      parentRefs: [{ name: 'gateway', namespace: 'traefik', sectionName: 'web' }],
      hostnames: ['pair.example.test'],
      rules: [{ backendRefs: [{ name: 'pair-frontend', port: 80 }] }],
    };
    const route = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: { name: 'pair' }, spec };
    const values = { image: { repository: images.image, tag: 'v1' }, ingress: { enabled: false }, routes: [route] };
    // Routes are beyond what role.yaml gives.
    const inputs = { values: JSON.stringify(values), 'service-account': '' };
    const result = expectGreen(await preview('v1', inputs, 'opened', standIn.played.object(number)));
    // Its name does not resolve here: the Gateway is asked by its address.
    expect(result.outputs).toMatchObject({ state: 'up', url: `http://${host}` });
    const command = ['curl', '--silent', '--head', '--header', `Host: ${host}`, String(cluster.ingress.http[0])] as const;
    const { stdout } = await runner.run({ command, timeoutMs: 20_000 });
    expect(stdout).toMatch(/^x-robots-tag: noindex\r?$/im);
    expect(comments().at(-1)?.body).not.toContain('X-Robots-Tag');

    standIn.played.pulls.set(number, { number, head: heads[0] ?? '', state: 'closed' });
    expectGreen(await preview('v1', {}, 'closed', standIn.played.object(number)));
    standIn.played.comments.pop();
    standIn.played.deployments.pop();
  });

  test('where something opens it: the comment says so; where that is to be proved first, nothing is deployed', async () => {
    const [name = ''] = namespaces();
    const namespace = name.replace('namespace/', '');
    const metadata = { name: 'open', namespace };
    const spec = { podSelector: {}, policyTypes: ['Egress'], egress: [{}] };
    const policy = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec };
    kubectl(cluster, ['apply', '--filename=-'], JSON.stringify(policy));
    kubectl(cluster, ['annotate', name, 'todo-deploy.dev/preview-isolation-']);
    play();
    const required = await preview('v1', { 'isolation-probe': 'require' });
    expect([required.exitCode, required.outputs.state, required.outputs['failure-reason']]).toEqual([1, 'failed', 'isolation-unproved']);
    expect(comments()[0]?.body).toMatch(/✗ failed.*Serves.*as before.*isolation-unproved/s);
    expect(await ask()).toMatchObject({ status: 200, body: expect.stringContaining('v1') });

    expectGreen(await preview('v1'));
    expect(comments()).toHaveLength(1);
    expect(comments()[0]?.body).toMatch(/Network \| not enforced: the API server/);
    kubectl(cluster, ['--namespace', namespace, 'delete', 'networkpolicy', 'open']);
    const result = expectGreen(await preview('v1', { 'isolation-probe': 'require' }));
    expect(result.outputs.state).toBe('up');
    expect(comments()[0]?.body).toContain('closed, proved by a pod');
  });

  test('a push: the same comment, the new commit; five calls to GitHub and one more', async () => {
    heads.push(await repository.commit('second'));
    play();
    const result = expectGreen(await preview('v2'));
    expect(result.outputs).toMatchObject({ state: 'up', version: heads[1] });
    expect(await ask()).toMatchObject({ status: 200, body: expect.stringContaining('v2') });
    expect(comments()).toHaveLength(1);
    expect(comments()[0]?.body).toContain(heads[1]?.slice(0, 7));
    const states = standIn.played.deployments.map(({ statuses }) => statuses.at(-1)?.state);
    expect([states.at(-1), new Set(states.slice(0, -1))]).toEqual(['success', new Set(['inactive'])]);
    expect(standIn.calls.length).toBeLessThanOrEqual(6);
    const [namespace = ''] = namespaces().map((name) => name.replace('namespace/', ''));
    expect(kubectl(cluster, ['--namespace', namespace, 'get', 'networkpolicy', '--output=name'])).toContain('todo-deploy-preview');
  });

  test('a bad commit: red, the cause is in the comment, and what served serves', async () => {
    heads.push(await repository.commit('bad'));
    play();
    const values = { image: { repository: images.image, tag: 'v3' }, ingress: { className: 'traefik', host: 'pair.example.com' } };
    const result = await preview('v3', { values: JSON.stringify({ ...values, frontend: { env: { FAIL_PATHS: '/' } } }) });
    expect([result.exitCode, result.outputs.state, result.outputs['failure-reason']]).toEqual([1, 'failed', 'smoke-failed']);
    expect(comments()).toHaveLength(1);
    expect(comments()[0]?.body).toContain('smoke-failed');
    expect(await ask()).toMatchObject({ status: 200, body: expect.stringContaining('v2') });
  });

  test('an older run that comes late deploys nothing', async () => {
    const [older = ''] = heads;
    standIn.played.pulls.set(NUMBER, { number: NUMBER, head: older });
    const event = standIn.played.object(NUMBER);
    play();
    const result = expectGreen(await preview('v1', {}, 'synchronize', event));
    expect(result.outputs.state).toBe('superseded');
    expect(await ask()).toMatchObject({ status: 200, body: expect.stringContaining('v2') });
  });

  test('a draft: asleep; a visit wakes it, a run leaves it awake then, and later puts it to sleep again; ready for review, it is awake', async () => {
    play({ draft: true });
    const draft = (action: string) => preview('v2', {}, action);
    expect(expectGreen(await draft('converted_to_draft')).outputs).toMatchObject({ state: 'asleep', url: `http://${HOST}` });
    expect(comments()[0]?.body).toContain('☾ asleep');
    expect(await ask()).toMatchObject({ status: 503, body: expect.stringContaining('is being started') });
    await until('the preview to be awake', 60_000, async () => ((await ask()).status === 200 ? true : undefined));

    expect(expectGreen(await draft('labeled')).outputs.state).toBe('up');
    expect(comments()[0]?.body).toContain('It stays awake: a visit woke it');
    expect((await ask()).status).toBe(200);
    const [namespace = ''] = namespaces().map((name) => name.replace('namespace/', ''));
    const long = 'todo-deploy.dev/woken-at=2026-01-01T00:00:00Z';
    kubectl(cluster, ['--namespace', namespace, 'annotate', 'services', '--all', '--overwrite', long]);
    expect(expectGreen(await draft('labeled')).outputs.state).toBe('asleep');

    play();
    expect(expectGreen(await preview('v2', {}, 'ready_for_review')).outputs).toMatchObject({ state: 'up', version: heads.at(-1) });
    expect(await ask()).toMatchObject({ status: 200, body: expect.stringContaining('v2') });
  }, 600_000);

  test('closed: gone, with a receipt', async () => {
    play({ state: 'closed', merged: true });
    const result = expectGreen(await preview('v2', { chart: '', images: '', values: '' }, 'closed'));
    expect(result.outputs).toMatchObject({ state: 'gone', want: 'down', receipt: expect.stringMatching(/^Namespace\/pr-7-pair-/) });
    expect(namespaces()).toEqual([]);
    expect((await ask()).status).toBe(404);
    expect(comments()).toHaveLength(1);
    expect(comments()[0]?.body).toContain('gone');
    const states = standIn.played.deployments.map(({ statuses }) => statuses.at(-1)?.state);
    expect(states.filter((state) => state !== 'inactive')).toEqual(['failure']);
  });

  test('closed again: there is nothing, and that is green', async () => {
    play({ state: 'closed' });
    expect(expectGreen(await preview('v2', {}, 'closed')).outputs.state).toBe('gone');
  });
});
