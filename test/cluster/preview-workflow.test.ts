/**
 * A second repository that calls preview.yml and janitor.yml as the docs show it: runs of the whole workflows, by act. GitHub's API is the
 * stand-in that is held to its published description, and checks out from the user's repository.
 */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { ROOT } from '../../demo/environment.ts';
import { freshNamespace, PULL_SECRET } from '../../demo/namespace.ts';
import type { WorkflowResult } from '../../demo/workflow/act.ts';
import { productCopy } from '../../demo/workflow/product.ts';
import { UserRepository } from '../../demo/workflow/repository.ts';
import { expression, VERSION_HEADER } from '../../demo/workflow/yaml.ts';
import { commentEvent, pullRequestEvent } from '../support/github/events.ts';
import { GitHubStandIn } from '../support/github/server.ts';
import { kubectl } from '../support/kubectl.ts';
import { ask, previewNamespaces } from './preview-probes.ts';
import { expectGreen, WorkflowMachine, writeExample } from './workflow-support.ts';

const [NUMBER, OTHER] = [12, 13];
const NAMESPACE = 'preview-flow';
const REPOSITORY_ID = 5151;
const hostOf = (number: number): string => `pr-${number}-pair.preview.example.test`;
/** What actions/preview/role.yaml tells to give to the account. */
const ROLES = ['todo-deploy-preview', 'admin'];

let machine: WorkflowMachine;
let standIn: GitHubStandIn;
let repository: UserRepository;
let [preview, janitor] = ['', ''];
let runs = 70;

beforeAll(async () => {
  machine = await WorkflowMachine.create();
  machine.product = productCopy(ROOT, join(machine.work, 'product'));
  standIn = await GitHubStandIn.start();
  standIn.played.repositoryId = REPOSITORY_ID;
  const { cluster, runner } = machine;
  const prefix = `${cluster.registry.host}/${NAMESPACE}`;
  await freshNamespace(NAMESPACE, cluster, runner);
  kubectl(cluster, ['apply', '--filename', join(ROOT, 'actions/preview/role.yaml')]);
  kubectl(cluster, ['--namespace', NAMESPACE, 'create', 'serviceaccount', 'previews']);
  const bind = ['create', 'clusterrolebinding', `--serviceaccount=${NAMESPACE}:previews`];
  for (const role of ROLES) kubectl(cluster, [...bind, `${NAMESPACE}-${role}`, `--clusterrole=${role}`]);

  const copies = { [join(ROOT, 'test/apps/pair')]: 'app', [join(ROOT, 'test/charts/pair')]: 'chart' };
  repository = await UserRepository.create(join(machine.work, 'todo'), copies, runner);
  const access = { 'service-account': `${NAMESPACE}/previews` };
  const changed = {
    ...access,
    domain: 'preview.example.test',
    images: 'pair: ./app',
    'build-args': `VERSION=${expression('github.event.pull_request.head.sha')}`,
    builder: cluster.buildkit.address,
    registry: prefix,
    'registry-username': cluster.registry.username,
    'image-pull-secrets': PULL_SECRET,
    'copy-secrets': `${NAMESPACE}/${PULL_SECRET}`,
    'isolation-probe': 'off',
    'version-header': VERSION_HEADER,
    smoke: '- {service: pair-frontend, path: /}',
    values: `{image: {repository: ${prefix}/pair}, ingress: {className: traefik, host: pair.example.com}}`,
  };
  const KUBECONFIG = expression('secrets.KUBECONFIG');
  const secrets = { KUBECONFIG, REGISTRY_PASSWORD: expression('secrets.REGISTRY_PASSWORD') };
  preview = writeExample(repository, { docs: 'docs/previews.md', name: 'preview', changed, without: ['tls-secret'], secrets });
  const sweeps = { ...access, colors: false, 'registry-tags': false };
  janitor = writeExample(repository, {
    docs: 'docs/janitor.md',
    name: 'janitor',
    changed: sweeps,
    without: ['registry'],
    secrets: { KUBECONFIG },
  });
}, 300_000);
afterAll(() => {
  const { cluster } = machine;
  for (const role of ROLES) kubectl(cluster, ['delete', 'clusterrolebinding', `${NAMESPACE}-${role}`, '--ignore-not-found']);
  for (const name of [`namespace/${NAMESPACE}`, ...namespaces()]) kubectl(cluster, ['delete', name, '--wait=false']);
  standIn.close();
  machine.close();
});
/** Whatever a test does: requests and answers keep to GitHub's description. */
afterEach(() => {
  expect(standIn.violations).toEqual([]);
  standIn.calls.length = 0;
});

const namespaces = (): string[] => previewNamespaces(machine.cluster, REPOSITORY_ID);

type Event = Parameters<WorkflowMachine['run']>[1];

/** As GitHub runs it: with a token, and with the API where GitHub is. */
function run(event: NonNullable<Event>): Promise<WorkflowResult> {
  const secrets = { ...machine.secrets, GITHUB_TOKEN: 'ghs_token' };
  const variables = { GITHUB_API_URL: standIn.url, GITHUB_RUN_ID: String(++runs), GITHUB_REPOSITORY_ID: String(REPOSITORY_ID) };
  return machine.run(repository, { ...event, secrets, variables });
}

async function pullRequest(
  number: number,
  action: string,
  pull: { head: string; state?: 'closed'; merged?: boolean },
): Promise<WorkflowResult> {
  standIn.played.pulls.set(number, { number, ...pull });
  const result = await run({ workflow: preview, event: 'pull_request', payload: pullRequestEvent(standIn.played, number, action) });
  console.info(`Pull request ${number} ${action}: ${Math.round(result.durationMs / 1000)} s`);
  return result;
}
const comments = (number: number) => standIn.played.comments.filter((one) => one.number === number);
const states = () => standIn.played.deployments.map(({ ref, statuses }) => [ref, statuses.at(-1)?.state]);

let [first, second] = ['', ''];

test('opened: built, scanned and up; the one comment has the URL, and that answers as this commit', async () => {
  first = await repository.commit('first');
  const result = await pullRequest(NUMBER, 'opened', { head: first });
  expectGreen(result);
  expect(result.outputs.preview).toMatchObject({
    state: 'up',
    url: `http://${hostOf(NUMBER)}`,
    namespace: expect.stringMatching(/^pr-12-pair-[0-9a-f]{6}$/),
  });
  expect(await ask(machine.cluster, hostOf(NUMBER), machine.runner)).toMatchObject({ status: 200, body: expect.stringContaining(first) });
  expect(comments(NUMBER)).toHaveLength(1);
  const body = comments(NUMBER)[0]?.body ?? '';
  expect(body).toContain(`(http://${hostOf(NUMBER)})`);
  expect(body).toContain(first.slice(0, 7));
  expect(body).toMatch(/until it answered as this commit/);
  expect(body).toContain(`/acme/todo/actions/runs/${runs}/`);
  expect(states()).toEqual([[first, 'success']]);
  expect(result.summary).toContain(first.slice(0, 7));
}, 400_000);

test('a push: the same comment, edited; the URL answers as the new commit', async () => {
  const [before] = comments(NUMBER);
  second = await repository.commit('second');
  const result = await pullRequest(NUMBER, 'synchronize', { head: second });
  expectGreen(result);
  expect(result.outputs.preview).toMatchObject({ state: 'up', url: `http://${hostOf(NUMBER)}` });
  expect(await ask(machine.cluster, hostOf(NUMBER), machine.runner)).toMatchObject({ status: 200, body: expect.stringContaining(second) });
  expect(comments(NUMBER).map(({ id }) => id)).toEqual([before?.id]);
  expect(comments(NUMBER)[0]?.body).toContain(second.slice(0, 7));
  expect(comments(NUMBER)[0]?.body).not.toContain(first.slice(0, 7));
  expect(states()).toEqual([
    [first, 'inactive'],
    [second, 'success'],
  ]);
}, 400_000);

test('closed: gone, with a receipt in the same comment, and nothing is left', async () => {
  const result = await pullRequest(NUMBER, 'closed', { head: second, state: 'closed', merged: true });
  expectGreen(result);
  expect(result.outputs.preview).toMatchObject({ state: 'gone', receipt: expect.stringMatching(/^Namespace\/pr-12-pair-/) });
  expect(comments(NUMBER)).toHaveLength(1);
  expect(comments(NUMBER)[0]?.body).toContain('✓ gone');
  expect(comments(NUMBER)[0]?.body).toMatch(/Looked for again, and gone\*\*\n+- Namespace\/pr-12-pair-/);
  expect(result.summary).toContain('The preview is gone');
  expect(states().map(([, state]) => state)).toEqual(['inactive', 'inactive']);
  expect(namespaces()).toEqual([]);
  expect((await ask(machine.cluster, hostOf(NUMBER), machine.runner)).status).toBe(404);
}, 400_000);

test('a box that is ticked is answered by the same workflow', async () => {
  expectGreen(await pullRequest(OTHER, 'opened', { head: second }));
  const [comment] = comments(OTHER);
  const ticked = (comment?.body ?? '').replace('- [ ] Let it stay longer', '- [x] Let it stay longer');
  standIn.played.permissions.set('grace', 'write');
  const payload = commentEvent(standIn.played, comment?.id ?? 0, { body: ticked, sender: 'grace' });
  const result = await run({ workflow: preview, event: 'issue_comment', payload });
  expectGreen(result);
  expect(result.outputs.preview).toMatchObject({ state: 'up' });
  expect(comments(OTHER)[0]?.body).toMatch(/- \[ \] Let it stay longer[\s\S]*It stays until /);
}, 400_000);

test('a preview whose closing nobody told: the scheduled janitor takes it down, and says so', async () => {
  standIn.played.pulls.set(OTHER, { number: OTHER, head: second, state: 'closed' });
  const planned = await run({ workflow: janitor, event: 'workflow_dispatch', payload: { inputs: { 'dry-run': 'true' } } });
  expectGreen(planned);
  expect(planned.outputs.janitor?.removed).toMatch(/pr-13-pair-/);
  expect(namespaces()).toHaveLength(1);

  const result = await run({ workflow: janitor, event: 'schedule', payload: { schedule: '17 3 * * *' } });
  expectGreen(result);
  expect(result.outputs.janitor?.removed).toBe(planned.outputs.janitor?.removed);
  expect(result.summary).toMatch(/pr-13-pair-/);
  expect(namespaces()).toEqual([]);
  expect(comments(OTHER)).toHaveLength(1);
  expect(comments(OTHER)[0]?.body).toContain('✓ gone');
  expect(states().map(([, state]) => state)).toEqual(['inactive', 'inactive', 'inactive']);
}, 400_000);
