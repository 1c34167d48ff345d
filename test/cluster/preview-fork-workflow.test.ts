/**
 * A second repository that calls preview-fork-build.yml and preview-fork.yml as the examples show it: runs of the whole workflows, by act. What one
 * hands over to the other is a folder here, which has an id at GitHub's stand-in, and is not sent as GitHub's own actions send it.
 */
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { ROOT } from '../../demo/environment.ts';
import { freshNamespace, PULL_SECRET } from '../../demo/namespace.ts';
import type { WorkflowResult } from '../../demo/workflow/act.ts';
import { productCopy } from '../../demo/workflow/product.ts';
import { UserRepository } from '../../demo/workflow/repository.ts';
import { expression, VERSION_HEADER } from '../../demo/workflow/yaml.ts';
import { endedRunEvent, pullRequestEvent } from '../support/github/events.ts';
import { GitHubStandIn } from '../support/github/server.ts';
import { kubectl } from '../support/kubectl.ts';
import { CraneRegistry } from '../support/registry.ts';
import { ask, previewNamespaces } from './preview-probes.ts';
import { expectGreen, WorkflowMachine, writeExample } from './workflow-support.ts';

const NUMBER = 21;
const NAMESPACE = 'preview-fork-flow';
const REPOSITORY_ID = 6161;
const FORK_ID = 99;
const ARTIFACT = 5000;
const HOST = 'pr-21-pair.fork.example.test';

let machine: WorkflowMachine;
let standIn: GitHubStandIn;
let repository: UserRepository;
let artifacts: string;
let [build, up] = ['', ''];
let [base, head] = ['', ''];
let runs = 80;

beforeAll(async () => {
  machine = await WorkflowMachine.create();
  machine.product = productCopy(ROOT, join(machine.work, 'product'));
  artifacts = join(machine.work, 'artifacts');
  mkdirSync(artifacts);
  standIn = await GitHubStandIn.start();
  standIn.played.repositoryId = REPOSITORY_ID;
  const { cluster, runner } = machine;
  const prefix = `${cluster.registry.host}/${NAMESPACE}`;
  await freshNamespace(NAMESPACE, cluster, runner);
  const copies = { [join(ROOT, 'test/apps/pair')]: 'app', [join(ROOT, 'test/charts/pair')]: 'chart' };
  repository = await UserRepository.create(join(machine.work, 'todo'), copies, runner);
  const images = { images: 'pair: ./app' };
  const changed = {
    ...images,
    builder: cluster.buildkit.address,
    'build-args': `VERSION=${expression('github.event.pull_request.head.sha')}`,
  };
  build = writeExample(repository, {
    docs: 'examples/workflows/preview-fork-build.yml',
    name: 'preview-fork-build',
    job: 'build',
    changed,
  });
  up = writeExample(repository, {
    docs: 'examples/workflows/preview-fork.yml',
    name: 'preview-fork',
    job: 'preview',
    changed: {
      ...images,
      domain: 'fork.example.test',
      registry: prefix,
      'registry-username': cluster.registry.username,
      'image-pull-secrets': PULL_SECRET,
      'copy-secrets': `${NAMESPACE}/${PULL_SECRET}`,
      'isolation-probe': 'off',
      'version-header': VERSION_HEADER,
      smoke: '- {service: pair-frontend, path: /}',
      values: `{image: {repository: ${prefix}/pair}, ingress: {className: traefik, host: pair.example.com}}`,
    },
    secrets: { KUBECONFIG: expression('secrets.KUBECONFIG'), REGISTRY_PASSWORD: expression('secrets.REGISTRY_PASSWORD') },
  });
  base = await repository.commit('base');
  await repository.switch('fork');
  repository.write('chart/templates/theirs.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: of-the-fork}\n');
  head = await repository.commit('A change of somebody else, and of the chart');
}, 300_000);
afterAll(() => {
  const { cluster } = machine;
  for (const name of [`namespace/${NAMESPACE}`, ...namespaces()]) kubectl(cluster, ['delete', name, '--wait=false']);
  standIn.close();
  machine.close();
});
afterEach(() => {
  expect(standIn.violations).toEqual([]);
  standIn.calls.length = 0;
});

const namespaces = (): string[] => previewNamespaces(machine.cluster, REPOSITORY_ID);

async function run(secrets: Record<string, string>, event: NonNullable<Parameters<WorkflowMachine['run']>[1]>): Promise<WorkflowResult> {
  const variables = {
    GITHUB_API_URL: standIn.url,
    GITHUB_RUN_ID: String(++runs),
    GITHUB_REPOSITORY_ID: String(REPOSITORY_ID),
    ARTIFACTS: artifacts,
  };
  const result = await machine.run(repository, { ...event, secrets, variables });
  console.info(`${event.workflow}: ${Math.round(result.durationMs / 1000)} s`);
  return result;
}

/** As GitHub runs it after the build, with what the default branch has. */
async function afterBuild(conclusion: 'success' | 'skipped'): Promise<WorkflowResult> {
  await repository.switch('main');
  const payload = endedRunEvent(REPOSITORY_ID, { id: 81, conclusion, head, forkId: FORK_ID });
  return await run({ ...machine.secrets, GITHUB_TOKEN: 'ghs_token' }, { workflow: up, event: 'workflow_run', payload });
}

test('a fork’s pull request is built and scanned without any secret, and handed over', async () => {
  standIn.played.pulls.set(NUMBER, { number: NUMBER, head, headRepository: FORK_ID, login: 'eve' });
  const payload = pullRequestEvent(standIn.played, NUMBER, 'opened');
  const result = await run({}, { workflow: build, event: 'pull_request', payload });
  expectGreen(result);
  expect(standIn.calls).toEqual([]);
  const layout = join(artifacts, 'todo-deploy-images');
  expect(JSON.parse(readFileSync(join(layout, 'oci-layout'), 'utf8'))).toEqual({ imageLayoutVersion: '1.0.0' });
  expect(JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests).toHaveLength(1);
  renameSync(layout, join(artifacts, `81-${ARTIFACT}`));
  standIn.played.artifacts.push({ id: ARTIFACT, name: 'todo-deploy-images', run: 81, head });
}, 400_000);

test('an environment that nobody has to approve stops it', async () => {
  standIn.played.reviewers.set('preview-fork', 0);
  const result = await afterBuild('success');
  expect(result.success).toBe(false);
  expect(result.log.join('\n')).toContain('which has no required reviewers');
  expect(namespaces()).toEqual([]);
}, 400_000);

test('approved: pushed, and up by the chart of the base branch', async () => {
  standIn.played.reviewers.set('preview-fork', 1);
  standIn.comparisons.set(`main...${base}`, 'identical');
  const result = await afterBuild('success');
  expectGreen(result);
  expect(result.outputs.preview).toMatchObject({ state: 'up', url: `http://${HOST}` });
  expect(await ask(machine.cluster, HOST, machine.runner)).toMatchObject({ status: 200, body: expect.stringContaining(head) });
  expect(standIn.played.comments).toHaveLength(1);
  expect(standIn.played.comments[0]?.body).toContain(head.slice(0, 7));
  const [namespace = ''] = namespaces().map((name) => name.replace('namespace/', ''));
  expect(kubectl(machine.cluster, ['--namespace', namespace, 'get', 'configmaps', '--output=name'])).not.toContain('of-the-fork');
  expect(await new CraneRegistry(machine.cluster).tags(`${machine.cluster.registry.host}/${NAMESPACE}/pair`)).toContain(`pr-${NUMBER}`);
}, 400_000);

test('closed: gone, without an approval', async () => {
  standIn.played.reviewers.clear();
  standIn.played.pulls.set(NUMBER, { number: NUMBER, head, headRepository: FORK_ID, login: 'eve', state: 'closed' });
  const result = await afterBuild('skipped');
  expectGreen(result);
  expect(result.outputs.preview).toMatchObject({ state: 'gone', receipt: expect.stringMatching(/^Namespace\/pr-21-pair-/) });
  expect(standIn.played.comments[0]?.body).toContain('✓ gone');
  expect(namespaces()).toEqual([]);
}, 400_000);
