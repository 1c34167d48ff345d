import { expect, test } from '@jest/globals';
import { type ActionResult, errorsOf, runAction } from '../../support/action.ts';
import { pairRole } from '../../support/pair-role.ts';
import { shippedRole } from '../../support/shipped-role.ts';
import { environment, ROOT, runner, workplace } from '../support/api.ts';

const { namespace } = workplace('deploy-rights');

const kubectl = async (args: string[], stdin?: string): Promise<string> =>
  (await runner.run({ command: ['kubectl', '--namespace', namespace, ...args], env: environment, stdin, timeoutMs: 30_000 })).stdout;
const apply = (object: object) => kubectl(['apply', '--filename=-'], JSON.stringify(object));
const bind = (role: string) => kubectl(['create', 'rolebinding', role, `--role=${role}`, `--serviceaccount=${namespace}:deployer`]);

const asDeployer = (): Promise<ActionResult> =>
  runAction({
    action: 'actions/deploy',
    cwd: ROOT,
    inputs: {
      chart: 'test/charts/pair',
      release: 'pair',
      namespace,
      version: 'v1',
      values: JSON.stringify({ image: { repository: 'registry.example/pair', tag: 'v1' }, ingress: { enabled: false } }),
      smoke: '- {service: pair-frontend, path: /}',
      'service-account': `${namespace}/deployer`,
    },
    env: { ...environment, GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/pair', GITHUB_RUN_ID: '7' },
  });

test('an account that may not take the lease: nothing is touched', async () => {
  await kubectl(['create', 'serviceaccount', 'deployer']);
  const result = await asDeployer();
  expect(result.outputs).toMatchObject({ status: 'failed', 'failure-reason': 'access-denied' });
});

test('with the shipped Role alone, what this chart holds cannot even be read', async () => {
  await apply(shippedRole('pair'));
  await bind('todo-deploy');
  const result = await asDeployer();
  expect(result.outputs).toMatchObject({ status: 'failed', 'failure-reason': 'access-denied' });
  expect(errorsOf(result)).toHaveLength(1);
  expect(errorsOf(result)[0]).toMatch(/The account may not read objects of the chart: \S+ "pair-\S+" is forbidden/);
});

test('where it may only be read, everything else is listed at once, as rules', async () => {
  await apply({ ...pairRole, rules: pairRole.rules.map((rule) => ({ ...rule, verbs: ['get'] })) });
  await bind('pair-chart');
  const result = await asDeployer();
  expect(result.outputs).toMatchObject({ status: 'failed', 'failure-reason': 'access-denied' });
  expect(errorsOf(result)).toHaveLength(1);
  for (const resource of ['deployments', 'cronjobs', 'poddisruptionbudgets', 'horizontalpodautoscalers']) {
    expect(errorsOf(result)[0]).toContain(`resources: ["${resource}"], verbs: ["`);
  }
  // A schedule's memory goes from color to color, running Jobs are waited for.
  expect(errorsOf(result)[0]).toContain('resources: ["cronjobs/status"], verbs: ["patch"]');
  expect(errorsOf(result)[0]).toContain('resources: ["jobs"], verbs: ["list"]');
  expect(await kubectl(['get', 'lease', 'todo-deploy-pair', '--output=jsonpath={.spec.holderIdentity}'])).toBe('');
});
