/**
 * GitHub drops a job's output that holds masked text, with a warning in the log of the job that built. act masks nothing, so here the output is
 * taken out of the workflow, which is what the other job sees.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { ROOT } from '../../demo/environment.ts';
import type { WorkflowResult } from '../../demo/workflow/act.ts';
import { productCopy } from '../../demo/workflow/product.ts';
import { UserRepository } from '../../demo/workflow/repository.ts';
import { expression } from '../../demo/workflow/yaml.ts';
import { pairIn, WorkflowMachine } from './workflow-support.ts';

const app = pairIn('vanished-output', 'vanished.example.test');
let machine: WorkflowMachine;
let repository: UserRepository;

beforeAll(async () => {
  machine = await WorkflowMachine.create();
  machine.product = join(machine.work, 'product');
  repository = await UserRepository.create(join(machine.work, 'user'), { [join(ROOT, 'test/charts/pair')]: 'chart' }, machine.runner);
  const { registry, buildkit } = machine.cluster;
  repository.write('app/Dockerfile', 'FROM scratch\nCOPY Dockerfile /\n');
  const inputs = {
    release: app.release,
    namespace: app.namespace,
    images: 'pair: ./app',
    registry: `${registry.host}/${app.namespace}`,
    'registry-username': registry.username,
    builder: buildkit.address,
    cache: 'off',
    scanners: 'secret',
    chart: './chart',
  };
  const secrets = { KUBECONFIG: expression('secrets.KUBECONFIG'), REGISTRY_PASSWORD: expression('secrets.REGISTRY_PASSWORD') };
  const deploy = { uses: 'org/todo-deploy/.github/workflows/deploy.yml@v1', with: inputs, secrets };
  repository.write('.github/workflows/deploy.yml', stringify({ name: 'deploy', on: 'push', jobs: { deploy } }, { lineWidth: 0 }));
  await repository.commit('first');
});
afterAll(() => machine.close());

/** Runs the called workflow with these outputs of its build taken out. */
async function without(...outputs: string[]): Promise<WorkflowResult> {
  productCopy(ROOT, machine.product);
  const path = join(machine.product, '.github/workflows/deploy.yml');
  const text = readFileSync(path, 'utf8');
  const left = text
    .split('\n')
    .filter((line) => !outputs.some((name) => line === `      ${name}: ${expression(`steps.build.outputs.${name}`)}`));
  expect(text.split('\n').length - left.length).toBe(outputs.length);
  writeFileSync(path, left.join('\n'));
  return await machine.run(repository);
}

const errorOf = ({ log }: WorkflowResult): string => log.filter((line) => /##\[error\]|::error|❗/.test(line)).join('\n');

test.each([
  [['images'], 'names 0 images, but 1 were built'],
  [['images', 'image-count'], 'how many were built is "dropped by GitHub"'],
  [['images', 'pushed'], 'names 0 images, but 1 were built'],
  [['version'], '"version" is "dropped by GitHub"'],
  [['images', 'image-count', 'pushed'], 'dropped by GitHub'],
])(
  'without %j the deploy is red, and touches nothing',
  async (outputs, message) => {
    const result = await without(...outputs);
    expect([result.success, errorOf(result)]).toEqual([false, expect.stringContaining(message)]);
    expect(result.log.join('\n')).toContain('pushed');
    const found = await machine.kubectl('get', 'namespaces', '--output', 'name');
    expect(found.split('\n')).not.toContain(`namespace/${app.namespace}`);
  },
  300_000,
);
