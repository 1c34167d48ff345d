import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { DeployOptions } from '../../../../src/deploy/index.ts';
import { journalName, SECRET, SERVICE } from '../../../../src/deploy/kube/names.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { COLOR_LABEL } from '../../../../src/split/model.ts';
import { App, type Ended, RELEASE } from '../../support/app.ts';
import { DEPLOYMENT } from '../../support/controllers.ts';
import { expectWayOut } from '../../support/way-out.ts';

let app: App;
beforeEach(async () => {
  app = await App.create('base-services');
});
afterEach(() => app.remove());

// Each row deploys several times.
jest.setTimeout(180_000);

/** A version with a second Service, `small-api`, whose pods both versions share, or not. */
const deploy = (version: string, shared: boolean, api: object = {}): Promise<Ended> =>
  app.deploy(version, undefined, {
    values: app.values(version, { api: { port: 'http', ...api } }),
    ...(shared && { shared: ['small-api'] }),
  });

const selector = async () => (await app.kubernetes.get({ ...SERVICE, name: 'small-api' }))?.spec?.selector;

/** What leads users to `small-api`, one after the other, as long as `body` takes. */
async function selectors<T>(body: () => Promise<T>): Promise<{ seen: string[]; result: T }> {
  const seen: string[] = [];
  const stop = new AbortController();
  const work = (async () => {
    for await (const { type, object } of app.kubernetes.watch(SERVICE, { signal: stop.signal })) {
      if (object.metadata.name !== 'small-api') continue;
      const { app: name, ...more } = object.spec?.selector ?? {};
      const text = type === 'DELETED' ? 'gone' : `${name} ${more[COLOR_LABEL] ?? Object.keys(more).join()}`.trim();
      if (seen.at(-1) !== text) seen.push(text);
    }
  })();
  const result = await body();
  stop.abort();
  await work;
  return { seen, result };
}

describe('a Service that leads to shared pods', () => {
  test('and will lead to a version’s own: it stays with its pods until the switch', async () => {
    await deploy('v1-good', true);
    const { seen, result } = await selectors(() => deploy('v2-good', false));
    expect(result.outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect(seen).toEqual(['api', 'api pod-template-hash', 'api green']);
    await expectWayOut(app, 'v3-good');
  });

  test('will do so from now on: it stays with the old version’s until the switch, and is Helm’s when those are gone', async () => {
    await deploy('v1-good', false);
    const { seen, result } = await selectors(() => deploy('v2-good', true));
    expect(result.outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect(seen).toEqual(['api blue', 'api pod-template-hash', 'api']);
    await expectWayOut(app, 'v3-good');
  });

  test('the version whose own they are fails under traffic: it leads to them as before', async () => {
    await deploy('v1-good', true);
    const { outcome } = await deploy('v2-late', false);
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'smoke-failed' });
    expect(await selector()).toEqual({ app: 'api' });
    await expectWayOut(app, 'v3-good');
  });

  test('the version that shares them fails under traffic: users are on the color again', async () => {
    await deploy('v1-good', false);
    const { outcome } = await deploy('v2-late', true);
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'smoke-failed' });
    expect(await selector()).toEqual({ app: 'api', [COLOR_LABEL]: 'blue' });
    await expectWayOut(app, 'v3-good');
  });
});

describe('a Service that leads to shared pods was led to a color', () => {
  const toColor = (color: string) =>
    app.kubernetes.patch({ ...SERVICE, name: 'small-api' }, { spec: { selector: { [COLOR_LABEL]: color } } }, { type: 'merge' });
  const expectShared = async ({ log }: Ended) => {
    expect(log.join('\n')).toMatch(/Service small-api selected \S+: it selects the pods that its versions share again/);
    expect(await selector()).toEqual({ app: 'api' });
  };

  test('by hand: it is shared again', async () => {
    await deploy('v1-good', true);
    await toColor('green');
    await expectShared(await deploy('v2-good', true));
    await expectWayOut(app, 'v3-good');
  });

  test('by a run that was killed in the middle of its switch, and whose journal was deleted: it is shared again', async () => {
    await deploy('v1-good', true);
    const killed = await app.deploy(
      'v2-good',
      { kind: 'kill', since: 'switch', write: 1 },
      { values: app.values('v2-good', { api: { port: 'http' } }) },
    );
    expect(killed.outcome).toBe('killed');
    await toColor('green');
    await app.letLeaseExpire();
    await app.kubernetes.delete({ ...SECRET, name: journalName(RELEASE) });
    const { seen, result } = await selectors(() => deploy('v3-sick', true));
    await expectShared(result);
    expect(seen).toEqual(['api green', 'api pod-template-hash', 'api']);
    await expectWayOut(app, 'v4-good');
  });
});

test('a rollback shares pods again, and is to keep the old version warm: what the shared Service would lead to is stopped', async () => {
  await deploy('v1-good', true);
  await deploy('v2-good', false);
  const { seen, result } = await selectors(() => app.rollback('previous', undefined, { keepOld: 'warm' }));
  expect(result.outcome).toMatchObject({ status: 'deployed', version: 'v1-good' });
  expect(seen).toEqual(['api green', 'api pod-template-hash', 'api']);
  expect(await app.replicas('green')).toBe(0);
  expect((await deploy('v3-good', false)).outcome).toMatchObject({ status: 'deployed', version: 'v3-good' });
  await expectWayOut(app, 'v4-good');
});

describe('a Service goes, and the workload behind it becomes each version’s own', () => {
  const objects = (version: string, shared: boolean): KubernetesObject[] => {
    const metadata = { name: 'small-api', ...(shared && { annotations: { 'todo-deploy.dev/part': 'base' } }) };
    const labels = { app: 'api' };
    const containers = [{ name: 'api', image: `registry.example/app:${version}`, ports: [{ name: 'http', containerPort: 8080 }] }];
    const spec = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } };
    const service = { ...SERVICE, metadata, spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] } };
    return [{ ...DEPLOYMENT, metadata, spec }, ...(shared ? [service] : [])];
  };
  const deployApi = (version: string, shared: boolean) =>
    app.deploy(version, undefined, { values: app.values(version, { base: objects(version, shared) }) });

  test('it stays with the pods that it has until it goes', async () => {
    await deployApi('v1-good', true);
    const { seen, result } = await selectors(() => deployApi('v2-good', false));
    expect(result.outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect(seen).toEqual(['api', 'api pod-template-hash', 'gone']);
    await expectWayOut(app, 'v3-good');
  });

  test('that version fails under traffic: it leads to shared pods as before', async () => {
    await deployApi('v1-good', true);
    expect((await deployApi('v2-late', false)).outcome).toMatchObject({ status: 'rolled-back', failureReason: 'smoke-failed' });
    expect(await selector()).toEqual({ app: 'api' });
    await expectWayOut(app, 'v3-good');
  });
});

describe('a shared Service is new, and its pods bear the labels of the old version’s own', () => {
  const objects = (version: string, shared: boolean): KubernetesObject[] => {
    const labels = { app: 'api' };
    const containers = [{ name: 'api', image: `registry.example/app:${version}`, ports: [{ name: 'http', containerPort: 8080 }] }];
    const spec = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } };
    const part = shared ? { annotations: { 'todo-deploy.dev/part': 'base' } } : {};
    const service = { spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] } };
    return [
      { ...DEPLOYMENT, metadata: { name: 'small-api', ...part }, spec },
      { ...SERVICE, ...service, metadata: { name: shared ? 'small-api' : 'small-api-old', ...part } },
    ];
  };
  const deployApi = (version: string, shared: boolean, more: Partial<DeployOptions> = {}) =>
    app.deploy(version, undefined, { values: app.values(version, { base: objects(version, shared) }), ...more });

  test('it leads to the shared pods alone, before the switch already, and is Helm’s when the old color is gone', async () => {
    await deployApi('v1-good', false);
    const { seen, result } = await selectors(() => deployApi('v2-good', true));
    expect(result.outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect(seen).toEqual(['undefined', 'api pod-template-hash', 'api']);
    await expectWayOut(app, 'v3-good');
  });

  test('with the old version kept warm it would lead to that as well: refused before anything is touched', async () => {
    await deployApi('v1-good', false);
    const { outcome, written } = await deployApi('v2-good', true, { keepOld: 'warm' });
    expect(outcome).toMatchObject({ status: 'failed', failureReason: 'configuration' });
    expect((outcome as { error?: Error }).error?.message).toContain(
      'Service/small-api: leads to pods that both versions share from now on',
    );
    expect(written).toEqual([]);
    expect((await deployApi('v2-good', true)).outcome).toMatchObject({ status: 'deployed' });
    expect((await deployApi('v3-good', false)).outcome).toMatchObject({ status: 'deployed' });
  });
});

describe('a slip takes a Service from the version that serves', () => {
  beforeEach(async () => {
    await deploy('v1-good', false);
  });

  test.each([
    ['a port', { target: 'web' }, 'its target port "web" is no port of Deployment/small-api, which has http'],
    ['a label', { selects: 'apl' }, 'it selects app=apl, but the pods of Deployment/small-api have app=api'],
  ])('%s is called otherwise: refused, and users stay', async (_, api, why) => {
    const { outcome, written } = await deploy('v2-good', false, api);
    expect(outcome).toMatchObject({ status: 'failed', failureReason: 'configuration', version: 'v1-good' });
    expect((outcome as { error?: Error }).error?.message).toContain(why);
    expect(written).toEqual([]);
    expect(await selector()).toEqual({ app: 'api', [COLOR_LABEL]: 'blue' });
    await expectWayOut(app, 'v3-good');
  });
});
