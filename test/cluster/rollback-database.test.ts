import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { clusterEnvironment } from '../../demo/environment.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { errorsOf, expectGreen, PairApp } from './deploy-support.ts';

jest.setTimeout(240_000);

let app: PairApp;
beforeAll(async () => {
  app = await PairApp.create('rollback-database', clusterEnvironment(), [], new NodeProcessRunner({ env: process.env }));
});
afterAll(() => {
  app.kubectl('delete', 'namespace', app.namespace, '--wait=false');
});

const deploy = (version: string, values: object) =>
  app.deploy(version, { chart: 'test/charts/ledger', release: 'ledger', images: '', smoke: '', values: JSON.stringify(values) });
const serving = () => app.get('service', 'ledger').spec.selector['todo-deploy.dev/color'];

test('back to a version whose table a later one has dropped: it never serves, red, PostgreSQL’s own words', async () => {
  expectGreen(await deploy('v1', {}));
  // A migration that nobody has marked as one that cannot be undone.
  expectGreen(await deploy('v2', { query: 'select 1', drop: true }));
  expect(serving()).toBe('green');
  const result = await app.rollback('previous', { release: 'ledger' });
  expect(result.outputs).toMatchObject({
    status: 'rolled-back',
    'failure-reason': 'crash-loop',
    'rolled-back': 'true',
    version: 'v2',
    'active-color': 'green',
    'switch-ms': '',
  });
  expect(errorsOf(result)).toHaveLength(1);
  expect(errorsOf(result)[0]).toContain('Container "ledger" of Deployment/ledger-blue crashes right after it starts');
  expect(`${errorsOf(result)[0]}${result.summary}`).toContain('relation "notes" does not exist');
  expect([serving(), app.journal('ledger').inFlight]).toEqual(['green', undefined]);
  expect(app.get('deployment', 'ledger-green').status.readyReplicas).toBe(1);
});
