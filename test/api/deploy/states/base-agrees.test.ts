import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { JOB, SERVICE } from '../../../../src/deploy/kube/names.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { environment, runner } from '../../support/api.ts';
import { RELEASE } from '../../support/app.ts';
import { BaseApp } from '../../support/base-app.ts';
import { versionOf } from '../../support/pods.ts';
import { expectWayOut } from '../../support/way-out.ts';

// Each row deploys several times.
jest.setTimeout(240_000);

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
const job: KubernetesObject = {
  ...JOB,
  metadata: { name: 'small-seed' },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'seed', image: 'registry.example/seed:1' }] } } },
};
const config: KubernetesObject = { ...CONFIG_MAP, metadata: { name: 'small-more' }, data: { more: 'yes' } };
const service: KubernetesObject = {
  ...SERVICE,
  metadata: { name: 'small-elsewhere' },
  spec: { type: 'ExternalName', externalName: 'example.com' },
};

let it: BaseApp;
beforeEach(async () => {
  it = await BaseApp.create('base-agrees');
});
afterEach(() => it.remove());

const lives = async (object: KubernetesObject): Promise<boolean> =>
  (await it.app.kubernetes.get({ apiVersion: object.apiVersion, kind: object.kind, name: object.metadata.name })) !== undefined;
const deployed = (version: string) => ({ status: 'deployed', version });

describe('a Job of the base', () => {
  test('came with the version that was left, and stayed with the rollback: the next version, which has none, removes it', async () => {
    await it.deploy('v2-good', []);
    await it.deploy('v3-good', [job]);
    expect((await it.app.rollback('previous')).outcome).toMatchObject(deployed('v2-good'));
    expect(await lives(job)).toBe(true);
    expect((await it.deploy('v4-good', [])).outcome).toMatchObject(deployed('v4-good'));
    expect(await lives(job)).toBe(false);
    await expectWayOut(it.app, 'v5-good');
  });

  test('went with the version that was left, and stayed away with the rollback: the next version, which has it, runs it', async () => {
    await it.deploy('v2-good', [job]);
    await it.deploy('v3-good', []);
    expect((await it.app.rollback('previous')).outcome).toMatchObject(deployed('v2-good'));
    expect(await lives(job)).toBe(false);
    expect((await it.deploy('v4-good', [job])).outcome).toMatchObject(deployed('v4-good'));
    expect(await lives(job)).toBe(true);
    await expectWayOut(it.app, 'v5-good');
  });

  test('came with a version that failed, and stayed: the next version, which has none, removes it', async () => {
    await it.deploy('v2-good', []);
    expect((await it.deploy('v3-sick', [job])).outcome).toMatchObject({ status: 'rolled-back' });
    expect(await lives(job)).toBe(true);
    expect((await it.deploy('v4-good', [])).outcome).toMatchObject(deployed('v4-good'));
    expect(await lives(job)).toBe(false);
    await expectWayOut(it.app, 'v5-good');
  });
});

describe('something that both versions share was deleted by hand', () => {
  test.each([
    ['a ConfigMap', config],
    ['a Service', service],
  ])('%s: a rollback has it there before its version comes up', async (_, object) => {
    await it.deploy('v1-good', [object]);
    await it.deploy('v2-good', [object]);
    await it.app.kubernetes.delete({ apiVersion: object.apiVersion, kind: object.kind, name: object.metadata.name });
    const { outcome } = await it.app.rollback('previous');
    expect(outcome).toMatchObject({
      ...deployed('v1-good'),
      report: { notes: expect.arrayContaining([expect.stringContaining(`${object.kind}/`)]) },
    });
    expect(await lives(object)).toBe(true);
    await expectWayOut(it.app, 'v3-good');
  });
});

test('a color is uninstalled by hand, and the next version removes what was shared: it is removed, and the journal knows the base', async () => {
  await it.deploy('v1-good', [config]);
  await runner.run({
    command: ['helm', 'uninstall', `${RELEASE}-blue`, `--namespace=${it.app.namespace}`],
    env: environment,
    timeoutMs: 60_000,
  });
  expect((await it.deploy('v2-good', [])).outcome).toMatchObject(deployed('v2-good'));
  expect(await lives(config)).toBe(false);
  expect((await it.app.serving()).map(versionOf)).toEqual(['v2-good']);
  expect((await it.app.journal()).history[0]?.baseHash).not.toBe('');
  expect((await it.deploy('v3-good', [config])).outcome).toMatchObject(deployed('v3-good'));
  await expectWayOut(it.app, 'v4-good');
});
