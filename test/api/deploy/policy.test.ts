import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DeployOutcome } from '../../../src/deploy/index.ts';
import { actingAs } from '../../../src/tools/kubernetes/load.ts';
import { access, kubeconfig, ROOT, runner } from '../support/api.ts';
import { App, type Ended } from '../support/app.ts';

const RELEASE = 'small';
let app: App;
const ended = ({ outcome }: Ended): DeployOutcome => {
  if (!outcome || outcome === 'killed') throw new Error('the run was killed');
  return outcome;
};
const account = () => `system:serviceaccount:${app.namespace}:deployer`;

const kubectl = async (args: readonly string[], stdin?: string): Promise<string> =>
  (
    await runner.run({
      command: ['kubectl', '--kubeconfig', kubeconfig, '--namespace', app.namespace, ...args],
      env: {},
      stdin,
      timeoutMs: 30_000,
    })
  ).stdout;
/** As the deployer; what it may not do, in the cluster's words. */
const refused = async (args: readonly string[], stdin?: string): Promise<string> =>
  await kubectl([...args, `--as=${account()}`], stdin).then(
    () => 'it was allowed',
    (error: Error) => error.message,
  );
const object = (kind: string, name: string, more: object = {}): string =>
  JSON.stringify({ apiVersion: 'v1', kind, metadata: { name }, ...more });

beforeAll(async () => {
  app = await App.create('td-policy');
  const { dryRun } = ended(await app.deploy('v1', undefined, { dryRun: true }));
  await kubectl(['create', 'serviceaccount', 'deployer']);
  // Exactly what a dry run prints.
  await kubectl(['apply', '--filename=-'], dryRun?.role ?? '');
  await kubectl(['create', 'rolebinding', 'deployer', `--role=todo-deploy-${RELEASE}`, `--serviceaccount=${app.namespace}:deployer`]);
  const policy = readFileSync(join(ROOT, 'actions/deploy/policy.yaml'), 'utf8')
    .replaceAll('todo-deploy-todo', `todo-deploy-${app.namespace}`)
    .replace('serviceaccount:todo:deployer', `serviceaccount:${app.namespace}:deployer`)
    .replace(`expression: '"todo"'`, `expression: '"${RELEASE}"'`)
    .replace('metadata.name: todo', `metadata.name: ${app.namespace}`);
  await kubectl(['apply', '--filename=-'], policy);
  app.as = actingAs(access, account());
  // Of others in the same namespace.
  await kubectl(['apply', '--filename=-'], object('Service', 'foreign', { spec: { selector: { app: 'foreign' }, ports: [{ port: 80 }] } }));
  await kubectl(['create', 'secret', 'generic', 'foreign', '--from-literal=password=x']);
  // The API server takes a moment to know a policy.
  const deadline = Date.now() + 30_000;
  while (
    !(await refused(['annotate', 'secret', 'foreign', 'a=b', '--overwrite'])).includes('ValidatingAdmissionPolicy') &&
    Date.now() < deadline
  );
}, 120_000);
afterAll(async () => {
  for (const kind of ['validatingadmissionpolicybinding', 'validatingadmissionpolicy']) {
    await kubectl(['delete', kind, `todo-deploy-${app.namespace}`, '--ignore-not-found']);
  }
  await app.remove();
});

describe('the deployer of an app, with the Role of its dry run and the shipped policy', () => {
  test('deploys, deploys again, and goes back', async () => {
    for (const version of ['v1', 'v2']) {
      const {
        error,
        status,
        version: now,
      } = ended(await app.deploy(version, undefined, { secrets: [{ name: 'own', key: 'a', value: 'b' }] }));
      expect([error?.message, status, now]).toEqual([undefined, 'deployed', version]);
    }
    const { error, version } = ended(await app.rollback('previous'));
    expect([error?.message, version]).toEqual([undefined, 'v1']);
  }, 180_000);

  test.each([
    ['a foreign Service’s selector', ['patch', 'service', 'foreign', '--patch={"spec":{"selector":{"app":"stolen"}}}'], 'change'],
    [
      'a foreign Secret, by a label of its own too',
      ['patch', 'secret', 'foreign', '--patch={"metadata":{"labels":{"todo-deploy.dev/app":"small"}}}'],
      'change',
    ],
    ['and does not delete it', ['delete', 'secret', 'foreign'], 'delete'],
  ])('does not change %s', async (_what, args, word) => {
    expect(await refused(args)).toMatch(new RegExp(`the deployer of small may not ${word} what is not the app's own`));
  });

  test('creates nothing without a mark, and no token of another account', async () => {
    expect(await refused(['create', '--filename=-'], object('Secret', 'new'))).toContain("may not create what is not the app's own");
    const token = object('Secret', 'token', {
      metadata: {
        name: 'token',
        labels: { 'todo-deploy.dev/app': RELEASE },
        annotations: { 'kubernetes.io/service-account.name': 'default' },
      },
      type: 'kubernetes.io/service-account-token',
    });
    expect(await refused(['create', '--filename=-'], token)).toContain('the deployer of small makes no tokens of ServiceAccounts');
  });

  test('takes the lease of its release alone', async () => {
    const lease = JSON.stringify({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'todo-deploy-other', labels: { 'todo-deploy.dev/app': RELEASE } },
    });
    expect(await refused(['create', '--filename=-'], lease)).toContain('the deployer of small takes no lease but todo-deploy-small');
    await kubectl(['create', '--filename=-'], lease);
    // By the Role's names: it may not even look.
    expect(await refused(['get', 'lease', 'todo-deploy-other'])).toContain('is forbidden');
    expect(await refused(['get', 'lease', 'todo-deploy-small'])).toBe('it was allowed');
  });
});
