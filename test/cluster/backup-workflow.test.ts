/** A second repository that calls backup.yml, drill.yml and restore.yml as the docs show it: runs of the whole workflows, by act. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ROOT } from '../../demo/environment.ts';
import { PULL_SECRET } from '../../demo/namespace.ts';
import type { WorkflowResult } from '../../demo/workflow/act.ts';
import { productCopy } from '../../demo/workflow/product.ts';
import { UserRepository } from '../../demo/workflow/repository.ts';
import { kubectl } from '../support/kubectl.ts';
import { SECRET_KEY } from '../support/s3.ts';
import { expectGreen as expectGreenRun } from './deploy-support.ts';
import { PASSWORD, RELEASE, RegisterApp, SECRETS, TOKEN } from './register-app.ts';
import { expectGreen, WorkflowMachine, writeExample } from './workflow-support.ts';

jest.setTimeout(900_000);

const NAMESPACE = 'backup-flow';
const DOCS = 'docs/workflows.md';

let machine: WorkflowMachine;
let repository: UserRepository;
let register: RegisterApp;

beforeAll(async () => {
  machine = await WorkflowMachine.create();
  machine.product = productCopy(ROOT, join(machine.work, 'product'));
  register = await RegisterApp.create(NAMESPACE, machine.cluster, machine.runner);
  repository = await UserRepository.create(join(machine.work, 'todo'), {}, machine.runner);
  for (const name of ['backup', 'drill', 'restore'])
    writeExample(repository, {
      docs: DOCS,
      name,
      changed: { ...register.inputs, ...(name === 'backup' && { recipients: register.recipients }) },
    });
  await repository.commit('Backups');
  machine.secrets = {
    ...machine.secrets,
    BACKUP_ACCESS_KEY_ID: register.access['access-key-id'] ?? '',
    BACKUP_SECRET_ACCESS_KEY: SECRET_KEY,
    // The one from the safe.
    AGE_IDENTITY: register.keys[1].secret,
    APP_SECRETS: `${SECRETS}\n${PULL_SECRET}/.dockerconfigjson=${pullSecret()}`,
  };
  expectGreenRun(await register.deploy('v1'));
  register.fill();
  expectGreenRun(await register.deploy('v2'));
});
afterAll(async () => {
  await register?.close();
  machine.close();
});

const pullSecret = (): string => {
  const { host, username, password } = machine.cluster.registry;
  return JSON.stringify({ auths: { [host]: { auth: Buffer.from(`${username}:${password}`).toString('base64') } } });
};

/** What nobody may read, of a run's log, outputs and summary. */
function expectNoSecret({ log, outputs, summary }: WorkflowResult): void {
  const text = [...log, JSON.stringify(outputs), summary].join('\n');
  const secrets = { PASSWORD, TOKEN, SECRET_KEY, KEY: register.keys[1].secret };
  expect(Object.entries(secrets).filter(([, value]) => text.includes(value))).toEqual([]);
}

type Event = Omit<NonNullable<Parameters<WorkflowMachine['run']>[1]>, 'workflow'>;

async function run(name: string, event: Event): Promise<WorkflowResult> {
  const result = await machine.run(repository, { workflow: `.github/workflows/${name}.yml`, ...event });
  if (process.env.SHOW) console.info([...result.log, '=== summary', result.summary].join('\n'));
  console.info(`${name}: ${Math.round(result.durationMs / 1000)} s`);
  return result;
}

let id = '';

test('backup.yml, as its schedule runs it: a backup is taken', async () => {
  const result = await run('backup', { event: 'schedule', payload: { schedule: '17 3 * * *' } });
  expectGreen(result);
  expectNoSecret(result);
  expect(result.outputs.backup).toMatchObject({
    sequence: '1',
    backup: expect.stringMatching(/^000001-/),
    bytes: expect.stringMatching(/^\d+$/),
  });
  id = result.outputs.backup?.backup ?? '';
  expect(result.summary).toContain(id);
});

test('drill.yml: it is restored elsewhere, the app comes up on it, and nothing is left', async () => {
  const result = await run('drill', { event: 'schedule', payload: { schedule: '17 4 * * *' } });
  expectGreen(result);
  expectNoSecret(result);
  expect(result.outputs.drill).toMatchObject({ backup: id, equal: 'true', app: 'passed', database: 'registerdb' });
  expect(result.summary).toContain(`Backup ${id} came back as it was`);
  expect(kubectl(machine.cluster, ['get', 'namespaces', '--output=name', `--selector=todo-deploy.dev/drill=${RELEASE}`])).toBe('');
});

test('restore.yml where the app lives: refused, and nothing is touched', async () => {
  const result = await run('restore', { event: 'workflow_dispatch', payload: { inputs: { mode: 'disaster' } } });
  expect(result.success).toBe(false);
  expect(result.log.join('\n')).toContain(`"register" is in namespace ${NAMESPACE}`);
  expect(register.rows()).toBe('500|note 99');
});

test('a disaster: from nothing to the app that passes its checks on its data, by one dispatch', async () => {
  kubectl(machine.cluster, ['delete', 'namespace', NAMESPACE, '--wait']);
  const result = await run('restore', { event: 'workflow_dispatch', payload: { inputs: { mode: 'disaster' } } });
  expectGreen(result);
  expectNoSecret(result);
  expect(result.outputs.restore).toMatchObject({ backup: id, equal: 'true', app: 'passed', database: 'registerdb' });
  expect(result.summary).toContain('v2 serves again: helm test passed');
  expect(register.rows()).toBe('500|note 99');
  expect(register.app.journal(RELEASE)).toMatchObject({ active: 'green', restored: { backup: id } });
  expect(register.app.get('deployment', 'register-green').status.readyReplicas).toBe(2);
});
