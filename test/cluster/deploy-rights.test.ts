import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { clusterEnvironment } from '../../demo/environment.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { pairRole } from '../support/pair-role.ts';
import { shippedRole } from '../support/shipped-role.ts';
import { expectGreen, PairApp } from './deploy-support.ts';

jest.setTimeout(240_000);

let app: PairApp;
beforeAll(async () => {
  app = await PairApp.create('deploy-rights', clusterEnvironment(), ['v1', 'v2'], new NodeProcessRunner({ env: process.env }));
});
afterAll(() => {
  app.kubectl('delete', 'namespace', app.namespace, '--wait=false');
});

const bind = (role: string) => app.kubectl('create', 'rolebinding', role, `--role=${role}`, `--serviceaccount=${app.namespace}:deployer`);

test('with the shipped Role and the chart’s kinds it deploys, switches and goes back', async () => {
  app.kubectl('create', 'serviceaccount', 'deployer');
  app.apply(shippedRole('pair'));
  app.apply(pairRole);
  for (const role of ['todo-deploy', 'pair-chart']) bind(role);
  const account = `${app.namespace}/deployer`;
  const first = expectGreen(await app.deploy('v1', { 'service-account': account }));
  expect(first.outputs).toMatchObject({ status: 'deployed', version: 'v1' });
  const next = expectGreen(await app.deploy('v2', { 'service-account': account }));
  expect(next.outputs).toMatchObject({ status: 'deployed', version: 'v2' });
  const bad = await app.deploy('none', { images: '', values: app.values('none'), 'service-account': account });
  expect(bad.outputs).toMatchObject({ status: 'rolled-back', 'failure-reason': 'image-not-found', version: 'v2' });
});
