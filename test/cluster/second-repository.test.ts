/**
 * A second repository that calls our workflows as docs/workflows.md shows it. What act downloads for `@v1` is a tag of what is committed here,
 * not this working tree: a change counts once it is committed.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ROOT } from '../../demo/environment.ts';
import { freshNamespace, PULL_SECRET } from '../../demo/namespace.ts';
import { taggedProduct } from '../../demo/workflow/product.ts';
import { UserRepository } from '../../demo/workflow/repository.ts';
import { expression, VERSION_HEADER } from '../../demo/workflow/yaml.ts';
import { expectGreen, pairIn, WorkflowMachine, writeExample } from './workflow-support.ts';

const DOCS = 'docs/workflows.md';
const app = pairIn('second-repository', 'second.example.test');
const KUBECONFIG = { KUBECONFIG: expression('secrets.KUBECONFIG') };

let machine: WorkflowMachine;
let repository: UserRepository;
let registry: string;
let first: string;

beforeAll(async () => {
  machine = await WorkflowMachine.create();
  machine.product = await taggedProduct(ROOT, 'v1', join(machine.work, 'product'), machine.runner);
  registry = `${machine.cluster.registry.host}/${app.namespace}`;
  await freshNamespace(app.namespace, machine.cluster, machine.runner, app.podSecurity);
  const copies = { [join(ROOT, 'test/apps/pair')]: 'app', [join(ROOT, 'test/charts/pair')]: 'charts/pair' };
  repository = await UserRepository.create(join(machine.work, 'second'), copies, machine.runner);
  repository.write('package.json', JSON.stringify({ scripts: { test: 'node --check app/app.mts' } }));
  repository.write('values.yaml', app.values(`${registry}/${app.image}`));
});
afterAll(async () => {
  await machine.kubectl('delete', 'namespace', app.namespace, '--ignore-not-found', '--wait=false');
  machine.close();
});

/** Writes an example of the docs into the repository, with what this app and cluster have otherwise. */
const example = (name: string, changed: Record<string, unknown>, secrets?: Record<string, string>): string =>
  writeExample(repository, { docs: DOCS, name, changed, secrets });

const built = () => ({
  images: `${app.image}: ./app`,
  'build-args': `VERSION=${expression('github.sha')}`,
  builder: machine.cluster.buildkit.address,
});
const place = { release: app.release, namespace: app.namespace, bake: '2s', drain: '2s' };

test('a pull request: built and scanned without any secret', async () => {
  const workflow = example('check', built());
  const head = await repository.commit('checked');
  const { secrets } = machine;
  machine.secrets = {};
  const result = await machine.run(repository, { workflow, event: 'pull_request' }).finally(() => {
    machine.secrets = secrets;
  });
  expectGreen(result);
  expect(result.outputs.check).toMatchObject({ version: head, images: expect.stringMatching(/^pair=sha256:[0-9a-f]{64}$/) });
  expect(result.summary).toMatch(/not pushed/i);
}, 300_000);

test('push: deployed by the called workflow, from a tag; the summary says what serves', async () => {
  const changed = {
    ...built(),
    ...place,
    registry,
    'registry-username': machine.cluster.registry.username,
    chart: './charts/pair',
    'value-files': 'values.yaml',
    'image-pull-secrets': PULL_SECRET,
    'version-header': VERSION_HEADER,
    smoke: app.smoke,
    'smoke-after': app.smoke,
  };
  example('deploy', changed, { ...KUBECONFIG, REGISTRY_PASSWORD: expression('secrets.REGISTRY_PASSWORD') });
  first = await repository.commit('first');
  const result = await machine.run(repository);
  expectGreen(result);
  expect(result.outputs.deploy).toMatchObject({ status: 'deployed', 'active-color': 'blue', version: first, 'rolled-back': 'false' });
  expect(result.log.some((line) => /Success - Main .*npm test/.test(line))).toBe(true);
  expect(result.summary).toContain(first.slice(0, 7));
  expect(await machine.colorOf(app)).toEqual(['blue', 'blue']);
}, 300_000);

test('another push, then back by dispatch: no request lost, each answered by one version', async () => {
  const rollback = example('rollback', { ...place, to: expression('inputs.to'), reason: expression('inputs.reason') }, KUBECONFIG);
  const second = await repository.commit('second');
  const [, traffic] = await machine.underLoad(app.host, { rate: 500, least: 50_000 }, async () => {
    const deployed = await machine.run(repository);
    expectGreen(deployed);
    expect(deployed.outputs.deploy).toMatchObject({ status: 'deployed', version: second, 'previous-version': first });
    expect(await machine.colorOf(app)).toEqual(['green', 'green']);

    // As the form sends it that GitHub shows: the default of `to`, and a reason.
    const payload = { inputs: { to: 'previous', reason: 'orders fail since 10:02' } };
    const back = await machine.run(repository, { workflow: rollback, event: 'workflow_dispatch', payload });
    expectGreen(back);
    expect(back.outputs.rollback).toMatchObject({ status: 'deployed', version: first, 'previous-version': second, 'active-color': 'blue' });
    expect(back.summary).toContain(first.slice(0, 7));
    expect(back.summary).toContain('orders fail since 10:02');
    expect(await machine.colorOf(app)).toEqual(['blue', 'blue']);
  });
  expect(traffic).toMatchObject({ lost: 0, mixed: 0, losses: [] });
  expect(traffic.sent).toBeGreaterThanOrEqual(50_000);
  expect(Object.keys(traffic.versions).sort()).toEqual([first, second].sort());
}, 600_000);
