import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { inputsOfWorkflow } from '../../../../src/actions/doctor/from-workflow.ts';
import { expression } from '../../../../src/init/write/text.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'todo-deploy-doctor-'));
  mkdirSync(join(root, '.github/workflows'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const workflow = (name: string, text: string) => writeFileSync(join(root, '.github/workflows', name), text);

test('what stands in the workflow that deploys; what is known to the run alone is left out', () => {
  workflow('a.yml', 'jobs: {test: {steps: [{run: make}]}}');
  workflow('b.yml', 'jobs: [not, a, map]');
  workflow('c.yml', '{{ not YAML');
  workflow(
    'd.yml',
    `jobs:
  deploy:
    steps:
      - uses: org/todo-deploy/actions/build-push@v1
        with: {registry: ghcr.io/acme, images: "web: ."}
      - uses: org/todo-deploy/actions/deploy@v1
        with:
          chart: ./chart
          release: shop
          namespace: ${expression('vars.NAMESPACE')}
          kubeconfig: ${expression('secrets.KUBECONFIG')}
          secrets: |
            shop-env/A=${expression('secrets.A')}
            shop-env/B=${expression('secrets.B')}
`,
  );
  expect(inputsOfWorkflow(root)).toEqual({
    path: '.github/workflows/d.yml',
    inputs: { registry: 'ghcr.io/acme', chart: './chart', release: 'shop', secrets: 'shop-env/A=x\nshop-env/B=x' },
  });
});

test('the reusable workflow', () => {
  workflow(
    'deploy.yaml',
    'jobs: {deploy: {uses: org/todo-deploy/.github/workflows/deploy.yml@v1, with: {chart: c, release: r, registry: x.example}}}',
  );
  expect(inputsOfWorkflow(root)?.inputs).toEqual({ chart: 'c', release: 'r', registry: 'x.example' });
});

test('no workflow, no folder: nothing', () => {
  expect(inputsOfWorkflow(root)).toBeUndefined();
  expect(inputsOfWorkflow(join(root, 'none'))).toBeUndefined();
});
