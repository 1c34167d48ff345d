/** A second repository whose pull request gets a preview, by the workflow as docs/previews.md shows it: opened, pushed to, closed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { ROOT } from '../../demo/environment.ts';
import { freshNamespace, PULL_SECRET } from '../../demo/namespace.ts';
import type { WorkflowResult } from '../../demo/workflow/act.ts';
import { productCopy } from '../../demo/workflow/product.ts';
import { UserRepository } from '../../demo/workflow/repository.ts';
import { expression, keepOutputsOf, VERSION_HEADER } from '../../demo/workflow/yaml.ts';
import { GitHubStandIn } from '../support/github/server.ts';
import { documented, expectGreen, pairIn, WorkflowMachine } from './workflow-support.ts';

const NUMBER = 12;
const HOST = 'pr-12-pair.preview.example.test';
const WORKFLOW = '.github/workflows/preview.yml';
const app = pairIn('preview-workflow', 'pair.example.com');

let machine: WorkflowMachine;
let repository: UserRepository;
let standIn: GitHubStandIn;

beforeAll(async () => {
  standIn = await GitHubStandIn.start();
  machine = await WorkflowMachine.create();
  machine.secrets = { ...machine.secrets, GITHUB_TOKEN: 'ghs_token' };
  machine.product = productCopy(ROOT, join(machine.work, 'product'));
  askStandIn(join(machine.product, WORKFLOW));
  await freshNamespace(app.namespace, machine.cluster, machine.runner, app.podSecurity);
  const copies = { [join(ROOT, 'test/apps/pair')]: 'app', [join(ROOT, 'test/charts/pair')]: 'charts/pair' };
  repository = await UserRepository.create(join(machine.work, 'second'), copies, machine.runner);
  repository.write('values.yaml', app.values(`${registry()}/${app.image}`));
  repository.write(WORKFLOW, caller());
}, 120_000);
afterAll(async () => {
  standIn.close();
  const left = await machine.kubectl('get', 'namespaces', `--selector=todo-deploy.dev/preview-number=${NUMBER}`, '--output=name');
  for (const name of [`namespace/${app.namespace}`, ...left.split('\n')].filter(Boolean)) {
    await machine.kubectl('delete', name, '--ignore-not-found', '--wait=false');
  }
  machine.close();
});

const registry = (): string => `${machine.cluster.registry.host}/${app.namespace}`;

/** The runner names GitHub's own API, whatever its environment says: here each step that asks it is told where it is. */
function askStandIn(path: string): void {
  const workflow = parse(readFileSync(path, 'utf8'));
  for (const step of workflow.jobs.preview.steps) {
    // act takes the repository as it stands: a step with a ref it would download.
    if (/^actions\/checkout@/.test(step.uses)) delete step.with.ref;
    if (/actions\/preview@/.test(step.uses)) step.env = { ...step.env, GITHUB_API_URL: standIn.url };
  }
  writeFileSync(path, stringify(workflow, { lineWidth: 0 }));
}

/** The example of the docs, with what this app and cluster have otherwise. */
function caller(): string {
  const { jobs, ...rest } = documented('docs/previews.md', 'preview');
  const inputs = {
    domain: 'preview.example.test',
    images: `${app.image}: ./app`,
    registry: registry(),
    'registry-username': machine.cluster.registry.username,
    chart: './charts/pair',
    'value-files': 'values.yaml',
    'build-args': `VERSION=${expression('github.event.pull_request.head.sha')}`,
    builder: machine.cluster.buildkit.address,
    'copy-secrets': `${app.namespace}/${PULL_SECRET}`,
    'image-pull-secrets': PULL_SECRET,
    'version-header': VERSION_HEADER,
    smoke: app.smoke,
  };
  const secrets = { KUBECONFIG: expression('secrets.KUBECONFIG'), REGISTRY_PASSWORD: expression('secrets.REGISTRY_PASSWORD') };
  return stringify(
    { ...rest, jobs: { preview: { ...jobs.preview, with: inputs, secrets }, keep: keepOutputsOf('preview') } },
    { lineWidth: 0 },
  );
}

async function pullRequest(action: string, head: string, more: object = {}): Promise<WorkflowResult> {
  standIn.played.pulls.set(NUMBER, { number: NUMBER, head, ...more });
  const payload = {
    action,
    number: NUMBER,
    pull_request: standIn.played.object(NUMBER),
    sender: { login: 'ada' },
    repository: { id: 4242 },
  };
  const result = await machine.run(repository, { workflow: WORKFLOW, event: 'pull_request', payload });
  expectGreen(result);
  expect(standIn.violations).toEqual([]);
  return result;
}

async function answer(): Promise<{ status: number; version: string }> {
  const [target = ''] = machine.cluster.ingress.http;
  const { stdout } = await machine.runner.run({
    command: ['curl', '--silent', '--include', '--header', `Host: ${HOST}`, String(target)],
    timeoutMs: 20_000,
  });
  const [, version = ''] = new RegExp(`^${VERSION_HEADER}: (\\S+)`, 'im').exec(stdout) ?? [];
  return { status: Number(/^HTTP\S+ (\d+)/.exec(stdout)?.[1]), version };
}

test('opened: built, scanned, deployed, and told', async () => {
  const head = await repository.commit('first');
  const { outputs } = await pullRequest('opened', head);
  expect(outputs.preview).toMatchObject({ state: 'up', url: `http://${HOST}` });
  expect(await answer()).toEqual({ status: 200, version: head });
  expect(standIn.played.comments.map(({ body }) => body)).toEqual([expect.stringContaining('answered as this commit')]);
}, 300_000);

test('pushed to: the same comment, the new commit', async () => {
  repository.write('app/more.txt', 'more');
  const head = await repository.commit('second');
  const { outputs } = await pullRequest('synchronize', head);
  expect(outputs.preview).toMatchObject({ state: 'up' });
  expect(await answer()).toEqual({ status: 200, version: head });
  expect(standIn.played.comments.map(({ body }) => body)).toEqual([expect.stringContaining(head.slice(0, 7))]);
}, 300_000);

test('closed: gone, and proved', async () => {
  const { outputs } = await pullRequest('closed', await repository.commit('last'), { state: 'closed', merged: true });
  expect(outputs.preview).toMatchObject({ state: 'gone', receipt: expect.stringMatching(/^Namespace\/pr-12-pair-/) });
  expect((await answer()).status).toBe(404);
  expect(standIn.played.comments.map(({ body }) => body)).toEqual([expect.stringContaining('✓ gone')]);
}, 300_000);
