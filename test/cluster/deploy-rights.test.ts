import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { clusterEnvironment, ROOT } from '../../demo/environment.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { errorsOf, expectGreen, PairApp } from './deploy-support.ts';

jest.setTimeout(240_000);

let app: PairApp;
beforeAll(async () => {
  app = await PairApp.create('deploy-rights', clusterEnvironment(), ['v1', 'v2'], new NodeProcessRunner({ env: process.env }));
});
afterAll(() => {
  app.kubectl('delete', 'namespace', app.namespace, '--wait=false');
});

const PART = ['get', 'create', 'patch', 'delete'];
const chartRole = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'pair-chart' },
  rules: [
    { apiGroups: [''], resources: ['configmaps', 'services', 'pods'], verbs: PART },
    { apiGroups: ['apps'], resources: ['deployments'], verbs: PART },
    { apiGroups: ['batch'], resources: ['cronjobs'], verbs: PART },
    { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: PART },
    { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: PART },
  ],
};
const bind = (role: string) => app.kubectl('create', 'rolebinding', role, `--role=${role}`, `--serviceaccount=${app.namespace}:deployer`);
const asDeployer = () => app.deploy('v1', { 'service-account': `${app.namespace}/deployer` });

test('an account that may not take the lease: nothing is touched', async () => {
  app.kubectl('create', 'serviceaccount', 'deployer');
  const result = await asDeployer();
  expect(result.outputs).toMatchObject({ status: 'failed', 'failure-reason': 'access-denied' });
});

test('with the shipped Role alone, what this chart holds cannot even be read', async () => {
  app.kubectl('apply', '--filename', join(ROOT, 'actions/deploy/role.yaml'));
  bind('todo-deploy');
  const result = await asDeployer();
  expect(result.outputs).toMatchObject({ status: 'failed', 'failure-reason': 'access-denied' });
  expect(errorsOf(result)).toHaveLength(1);
  expect(errorsOf(result)[0]).toMatch(/The account may not read objects of the chart: \S+ "pair-\S+" is forbidden/);
});

test('where it may only be read, everything else is listed at once, as rules', async () => {
  app.apply({ ...chartRole, rules: chartRole.rules.map((rule) => ({ ...rule, verbs: ['get'] })) });
  bind('pair-chart');
  const result = await asDeployer();
  expect(result.outputs).toMatchObject({ status: 'failed', 'failure-reason': 'access-denied' });
  expect(errorsOf(result)).toHaveLength(1);
  for (const resource of ['configmaps', 'deployments', 'cronjobs', 'poddisruptionbudgets', 'horizontalpodautoscalers']) {
    expect(errorsOf(result)[0]).toContain(`resources: ["${resource}"], verbs: ["`);
  }
  expect(app.kubectl('get', 'lease', 'todo-deploy-pair', '--output=jsonpath={.spec.holderIdentity}')).toBe('');
});

test('with the shipped Role and the chart’s kinds it deploys, switches and goes back', async () => {
  app.apply(chartRole);
  const first = expectGreen(await asDeployer());
  expect(first.outputs).toMatchObject({ status: 'deployed', version: 'v1' });
  const account = `${app.namespace}/deployer`;
  const next = expectGreen(await app.deploy('v2', { 'service-account': account }));
  expect(next.outputs).toMatchObject({ status: 'deployed', version: 'v2' });
  const bad = await app.deploy('none', { images: '', values: app.values('none'), 'service-account': account });
  expect(bad.outputs).toMatchObject({ status: 'rolled-back', 'failure-reason': 'image-not-found', version: 'v2' });
});
