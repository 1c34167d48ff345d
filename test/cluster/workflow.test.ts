import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ClusterEnvironment, clusterEnvironment, ROOT } from '../../demo/environment.ts';
import type { LoadResult } from '../../demo/load/model.ts';
import { RunningLoad } from '../../demo/load/run.ts';
import { freshNamespace } from '../../demo/namespace.ts';
import { runWorkflow, type WorkflowResult } from '../../demo/workflow/act.ts';
import { clusterSecrets } from '../../demo/workflow/credentials.ts';
import { productCopy } from '../../demo/workflow/product.ts';
import { UserRepository } from '../../demo/workflow/repository.ts';
import { mainJob, VERSION_HEADER, WORKFLOW } from '../../demo/workflow/yaml.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';

const runner = new NodeProcessRunner({ env: process.env });
const REQUESTS = 5_000;

let cluster: ClusterEnvironment;
let work: string;
let product: string;
let secrets: Record<string, string>;

beforeAll(async () => {
  cluster = clusterEnvironment();
  work = mkdtempSync(join(tmpdir(), 'todo-deploy-workflow-'));
  product = productCopy(ROOT, join(work, 'product'));
  secrets = await clusterSecrets(cluster, runner);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

async function kubectl(...args: string[]): Promise<string> {
  const { stdout } = await runner.run({ command: ['kubectl', ...args], env: cluster.env, timeoutMs: 180_000 });
  return stdout;
}

function run(repository: UserRepository): Promise<WorkflowResult> {
  return runWorkflow(
    {
      repository: repository.dir,
      workflow: WORKFLOW,
      event: 'push',
      secrets,
      env: cluster.env,
      actions: { 'org/todo-deploy@v1': product },
      timeoutMs: 300_000,
      onLine: () => {},
    },
    runner,
  );
}

/** Fails with the runner's log, which says more than a comparison of outputs. */
function expectGreen(result: WorkflowResult): void {
  if (!result.success) throw new Error(`The job is red:\n${result.log.slice(-60).join('\n')}`);
}

function load(host: string, name: string): RunningLoad {
  return new RunningLoad(
    {
      targets: cluster.ingress.http,
      host,
      paths: ['/'],
      sources: cluster.loadSources,
      rate: 200,
      maxSeconds: 300,
      maxRequests: 100_000,
      timeoutMs: 10_000,
      versionHeader: VERSION_HEADER,
    },
    join(work, `${name}.json`),
  );
}

/** Runs `body` under traffic, which goes on until there were enough requests to say something. */
async function underLoad<T>(host: string, name: string, body: () => Promise<T>): Promise<[T, LoadResult]> {
  const traffic = load(host, name);
  try {
    const result = await body();
    while (traffic.progress.sent < REQUESTS) await new Promise((resolve) => setTimeout(resolve, 200));
    return [result, await traffic.stop()];
  } catch (error) {
    await traffic.stop();
    throw error;
  }
}

interface App {
  chart: string;
  release: string;
  namespace: string;
  host: string;
  values: (image: string) => string;
  image: string;
  /** Stable Services. */
  services: string[];
  smoke: string;
  podSecurity: 'restricted' | 'baseline';
}

const PAIR: App = {
  chart: 'pair',
  release: 'pair',
  namespace: 'workflow-pair',
  host: 'pair.example.test',
  image: 'pair',
  services: ['pair-backend', 'pair-frontend'],
  smoke: '- {service: pair-frontend, path: /}',
  podSecurity: 'restricted',
  values: (image) => `image: {repository: ${image}}
autoscaling: {enabled: false}
ingress: {className: traefik, host: pair.example.test}
`,
};

/** What \`helm create\` makes, unchanged: everything through its values. */
const CREATED: App = {
  chart: 'helm-create',
  release: 'web',
  namespace: 'workflow-created',
  host: 'created.example.test',
  image: 'pair',
  services: ['web-helm-create'],
  smoke: '- {service: web-helm-create, path: /}',
  // The chart's own test pod has no securityContext.
  podSecurity: 'baseline',
  values: (image) => `replicaCount: 2
image: {repository: ${image}}
nameOverride: helm-create
service: {port: 8080}
podSecurityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
ingress:
  enabled: true
  className: traefik
  hosts: [{host: created.example.test, paths: [{path: /, pathType: Prefix}]}]
`,
};

async function repositoryOf(app: App): Promise<UserRepository> {
  const registry = `${cluster.registry.host}/${app.namespace}`;
  const repository = await UserRepository.create(
    join(work, app.namespace),
    { [join(ROOT, 'test/apps/pair')]: 'app', [join(ROOT, `test/charts/${app.chart}`)]: 'chart' },
    runner,
  );
  repository.write('values.yaml', app.values(`${registry}/${app.image}`));
  repository.write(
    WORKFLOW,
    mainJob({
      cluster,
      registry,
      images: `${app.image}: ./app`,
      chart: './chart',
      valueFiles: 'values.yaml',
      release: app.release,
      namespace: app.namespace,
      bake: '3s',
      drain: '3s',
      smoke: app.smoke,
      smokeAfter: app.smoke,
    }),
  );
  return repository;
}

interface LiveService {
  spec: { selector: Record<string, string> };
  metadata: { managedFields: { manager: string; fieldsV1: { 'f:spec'?: Record<string, unknown> } }[] };
}

async function service(app: App, name: string): Promise<LiveService> {
  return JSON.parse(
    await kubectl('get', 'service', name, '--namespace', app.namespace, '--output', 'json', '--show-managed-fields'),
  ) as LiveService;
}

const colorOf = async (app: App): Promise<(string | undefined)[]> =>
  Promise.all(app.services.map(async (name) => (await service(app, name)).spec.selector['todo-deploy.dev/color']));

describe.each([PAIR, CREATED])('the main job by workflow: chart $chart', (app) => {
  let repository: UserRepository;
  let first: string;

  beforeAll(async () => {
    await freshNamespace(app.namespace, cluster, runner, app.podSecurity);
    repository = await repositoryOf(app);
  });
  afterAll(() => kubectl('delete', 'namespace', app.namespace, '--ignore-not-found', '--wait=false'));

  test('a first deploy: built, scanned, pushed, deployed, smoke-tested; post steps run', async () => {
    first = await repository.commit('first');
    const result = await run(repository);
    expectGreen(result);
    expect(result.outputs.build).toMatchObject({
      version: first,
      pushed: 'true',
      images: expect.stringMatching(new RegExp(`^${app.image}=sha256:[0-9a-f]{64}$`)),
    });
    expect(result.outputs.deploy).toMatchObject({
      status: 'deployed',
      'active-color': 'blue',
      version: first,
      'rolled-back': 'false',
      'failure-reason': '',
    });
    expect(result.outputs.smoke).toMatchObject({ passed: 'true' });
    expect(
      result.log.filter((line) => /Success - Post .*todo-deploy\/actions\/(build-push|deploy)/.test(line)).length,
    ).toBeGreaterThanOrEqual(2);
    expect(result.summary).toMatch(/blue/);
  });

  test('a second version under traffic: none lost, none answered by two versions', async () => {
    const second = await repository.commit('second');
    const [result, traffic] = await underLoad(app.host, `${app.namespace}-second`, () => run(repository));
    expectGreen(result);
    expect(result.outputs.deploy).toMatchObject({
      status: 'deployed',
      'active-color': 'green',
      version: second,
      'previous-version': first,
    });
    expect(traffic).toMatchObject({ lost: 0, mixed: 0, losses: [] });
    expect(Object.keys(traffic.versions).sort()).toEqual([first, second].sort());
  });

  test('Helm owns the Services, this product alone the selector, and a rollback of the base by Helm does not move it', async () => {
    for (const name of app.services) {
      const { metadata } = await service(app, name);
      const owners = (field: string) =>
        metadata.managedFields.filter(({ fieldsV1 }) => fieldsV1['f:spec']?.[field] !== undefined).map(({ manager }) => manager);
      expect(owners('f:selector')).toEqual(['todo-deploy']);
      expect(owners('f:ports')).toEqual(['helm']);
    }
    const helm = (...args: string[]) =>
      runner.run({ command: ['helm', ...args, '--namespace', app.namespace], env: cluster.env, timeoutMs: 120_000 });
    await helm('rollback', app.release, '1');
    expect(await colorOf(app)).toEqual(app.services.map(() => 'green'));
  });

  test('a version that crashes: red, rolled back, cause named, the old version serves on', async () => {
    const before = await colorOf(app);
    repository.edit(
      'app/app.mts',
      'const env = process.env;',
      "const env = process.env;\nif (env.ROLE !== 'worker') throw new Error('FEATURE_FLAGS_URL is not set');",
    );
    await repository.commit('crash');
    const [result, traffic] = await underLoad(app.host, `${app.namespace}-crash`, () => run(repository));
    expect(result.success).toBe(false);
    expect(result.outputs.deploy).toMatchObject({
      status: 'rolled-back',
      'failure-reason': 'crash-loop',
      'rolled-back': 'true',
      'active-color': 'green',
    });
    expect(result.summary).toMatch(/FEATURE_FLAGS_URL is not set/);
    expect(result.log.some((line) => /##\[error\]|::error|❗/.test(line))).toBe(true);
    expect(await colorOf(app)).toEqual(before);
    expect(traffic).toMatchObject({ lost: 0, mixed: 0 });
    expect(Object.keys(traffic.versions)).toHaveLength(1);
  });
});
