import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROOT } from '../../demo/environment.ts';
import { freshNamespace } from '../../demo/namespace.ts';
import { productCopy } from '../../demo/workflow/product.ts';
import { UserRepository } from '../../demo/workflow/repository.ts';
import { mainJob, WORKFLOW } from '../../demo/workflow/yaml.ts';
import { sampled } from '../support/sample.ts';
import { type App, expectGreen, pairIn, WorkflowMachine } from './workflow-support.ts';

const LOAD = { rate: 200, least: 3_000 };

let machine: WorkflowMachine;
beforeAll(async () => {
  machine = await WorkflowMachine.create();
  machine.product = productCopy(ROOT, join(machine.work, 'product'));
});
afterAll(() => machine.close());

const PAIR = pairIn('workflow-pair', 'pair.example.test');

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
  const { cluster, work, runner } = machine;
  const registry = `${cluster.registry.host}/${app.namespace}`;
  const copies = { [join(ROOT, 'test/apps/pair')]: 'app', [join(ROOT, `test/charts/${app.chart}`)]: 'chart' };
  const repository = await UserRepository.create(join(work, app.namespace), copies, runner);
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

describe.each(sampled([PAIR, CREATED], 'the main job by workflow'))('the main job by workflow: chart $chart', (app) => {
  let repository: UserRepository;
  let first: string;

  beforeAll(async () => {
    await freshNamespace(app.namespace, machine.cluster, machine.runner, app.podSecurity);
    repository = await repositoryOf(app);
  });
  afterAll(() => machine.kubectl('delete', 'namespace', app.namespace, '--ignore-not-found', '--wait=false'));

  test('a first deploy: built, scanned, pushed, deployed, smoke-tested; post steps run', async () => {
    first = await repository.commit('first');
    const result = await machine.run(repository);
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
    const [result, traffic] = await machine.underLoad(app.host, LOAD, () => machine.run(repository));
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
      const { metadata } = await machine.service(app, name);
      const owners = (field: string) =>
        metadata.managedFields.filter(({ fieldsV1 }) => fieldsV1['f:spec']?.[field] !== undefined).map(({ manager }) => manager);
      expect(owners('f:selector')).toEqual(['todo-deploy']);
      expect(owners('f:ports')).toEqual(['helm']);
    }
    const helm = (...args: string[]) =>
      machine.runner.run({ command: ['helm', ...args, '--namespace', app.namespace], env: machine.cluster.env, timeoutMs: 120_000 });
    await helm('rollback', app.release, '1');
    expect(await machine.colorOf(app)).toEqual(app.services.map(() => 'green'));
  });

  test('a version that crashes: red, rolled back, cause named, the old version serves on', async () => {
    const before = await machine.colorOf(app);
    repository.edit(
      'app/app.mts',
      'const env = process.env;',
      "const env = process.env;\nif (env.ROLE !== 'worker') throw new Error('FEATURE_FLAGS_URL is not set');",
    );
    await repository.commit('crash');
    const [result, traffic] = await machine.underLoad(app.host, LOAD, () => machine.run(repository));
    expect(result.success).toBe(false);
    expect(result.outputs.deploy).toMatchObject({
      status: 'rolled-back',
      'failure-reason': 'crash-loop',
      'rolled-back': 'true',
      'active-color': 'green',
    });
    expect(result.summary).toMatch(/FEATURE_FLAGS_URL is not set/);
    expect(result.log.some((line) => /##\[error\]|::error|❗/.test(line))).toBe(true);
    expect(await machine.colorOf(app)).toEqual(before);
    expect(traffic).toMatchObject({ lost: 0, mixed: 0 });
    expect(Object.keys(traffic.versions)).toHaveLength(1);
  });
});
