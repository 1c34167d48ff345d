import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { until } from '../../../../cluster/wait.ts';
import type { DeployOptions } from '../../../../src/deploy/index.ts';
import { HPA, POD } from '../../../../src/deploy/kube/names.ts';
import { scale } from '../../../../src/deploy/kube/scale.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import type { HorizontalPodAutoscaler } from '../../../../src/interfaces/objects.ts';
import type { Color } from '../../../../src/split/model.ts';
import { ROOT } from '../../support/api.ts';
import { App, type Ended } from '../../support/app.ts';
import { DEPLOYMENT } from '../../support/controllers.ts';
import { Keda } from '../../support/keda.ts';
import { versionOf } from '../../support/pods.ts';
import { expectWayOut } from '../../support/way-out.ts';
import type { Fault } from '../../support/wire.ts';

// Several deploys each.
jest.setTimeout(240_000);

let app: App;
beforeEach(async () => {
  app = await App.create('counts');
});
afterEach(() => app.remove());

/** A deploy of the chart with these counts. */
const deploy = (version: string, counts: object, fault?: Fault, more: Partial<DeployOptions> = {}): Promise<Ended> =>
  app.deploy(version, fault, { values: app.values(version, { counts }), ...more });
const scaleWeb = (color: Color, replicas: number) => scale(app.kubernetes, { ...DEPLOYMENT, name: `small-web-${color}` }, replicas);
const hpaOf = (color: Color) => app.kubernetes.get({ ...HPA, name: `small-web-${color}` });
const minimumOf = async (color: Color): Promise<number | undefined> => (await hpaOf(color))?.spec?.minReplicas;
const notesOf = (object: KubernetesObject | undefined): string[] =>
  Object.keys(object?.metadata.annotations ?? {}).filter((key) => key.startsWith('todo-deploy.dev/') && !key.endsWith('/version'));

/** Acts once, on the first state of an HPA in which its minimum is held. */
function onceHeld(color: Color, act: (hpa: HorizontalPodAutoscaler) => Promise<unknown>): { done: Promise<void>; stop: () => void } {
  const stop = new AbortController();
  const follow = async (): Promise<void> => {
    for await (const { object } of app.kubernetes.watch(HPA, { signal: stop.signal })) {
      if (object.metadata.name !== `small-web-${color}` || notesOf(object).length === 0) continue;
      await act(object);
      return;
    }
  };
  return { done: follow(), stop: () => stop.abort() };
}

describe('how many come up', () => {
  test('10 serve, and the minimum goes from 2 to 3: 10 come up', async () => {
    await deploy('v1-good', { hpa: { min: 2 } });
    await scaleWeb('blue', 10);
    const { outcome, log } = await deploy('v2-good', { hpa: { min: 3 } });
    expect(outcome).toMatchObject({ status: 'deployed' });
    expect(log).toContain('Deployment/small-web-green starts with 10 replicas');
    expect(await app.replicas('green')).toBe(10);
    expect(await minimumOf('green')).toBe(3);
    await expectWayOut(app, 'v3-good');
  });

  test('2 serve, and the minimum goes to 5: 5 come up', async () => {
    await deploy('v1-good', { hpa: { min: 2 } });
    await deploy('v2-good', { hpa: { min: 5 } });
    expect(await app.replicas('green')).toBe(5);
    await expectWayOut(app, 'v3-good');
  });

  test('10 serve, and the maximum goes to 6: the deploy is not refused, and 6 come up', async () => {
    await deploy('v1-good', { hpa: { min: 2 } });
    await scaleWeb('blue', 10);
    const { outcome } = await deploy('v2-good', { hpa: { min: 3, max: 6 } });
    expect(outcome).toMatchObject({ status: 'deployed' });
    expect(await app.replicas('green')).toBe(6);
    expect(await minimumOf('green')).toBe(3);
    await expectWayOut(app, 'v3-good');
  });

  test('scaled by hand: kept where the chart asks for what it asked before, else the chart counts', async () => {
    const replicas = (version: string, count: number) => ({ values: app.values(version, { replicas: count }) });
    await app.deploy('v1-good', undefined, replicas('v1-good', 2));
    await scaleWeb('blue', 4);
    await app.deploy('v2-good', undefined, replicas('v2-good', 2));
    expect(await app.replicas('green')).toBe(4);
    await app.deploy('v3-good', undefined, replicas('v3-good', 3));
    expect(await app.replicas('blue')).toBe(3);
    await expectWayOut(app, 'v4-good');
  });
});

describe('a held minimum is given back once', () => {
  test('of both colors, after a deploy whose part is applied twice', async () => {
    await deploy('v1-good', { hpa: { min: 2 }, hook: true });
    await scaleWeb('blue', 4);
    let held = 0;
    const watcher = onceHeld('green', async ({ spec }) => {
      held = spec?.minReplicas ?? 0;
    });
    await deploy('v2-good', { hpa: { min: 3 }, hook: true });
    watcher.stop();
    await watcher.done;
    expect(held).toBe(4);
    expect([await minimumOf('blue'), await minimumOf('green')]).toEqual([2, 3]);
    expect([...notesOf(await hpaOf('blue')), ...notesOf(await hpaOf('green'))]).toEqual([]);
    await expectWayOut(app, 'v3-good');
  });

  test('after a run that was killed in its bake, and a deploy whose chart has another minimum', async () => {
    await deploy('v1-good', { hpa: { min: 2 } });
    await scaleWeb('blue', 4);
    const { written } = await deploy('v2-good', { hpa: { min: 2 } });
    const switched = written.lastIndexOf('apply Service small-web');
    await scaleWeb('green', 5);
    expect((await deploy('v3-good', { hpa: { min: 2 } }, { kind: 'kill', write: switched + 1 })).outcome).toBe('killed');
    await app.letLeaseExpire();
    expect((await deploy('v4-good', { hpa: { min: 3 } })).outcome).toMatchObject({ status: 'deployed' });
    expect([await minimumOf('blue'), await minimumOf('green')]).toEqual([3, 2]);
    expect([...notesOf(await hpaOf('blue')), ...notesOf(await hpaOf('green'))]).toEqual([]);
    await expectWayOut(app, 'v5-good');
  });

  test('by healing, where the run was killed in its finish', async () => {
    await deploy('v1-good', { hpa: { min: 2 } });
    await scaleWeb('blue', 4);
    const first = await deploy('v2-good', { hpa: { min: 2 } });
    const served = first.written.findIndex(
      (write, at) => write.startsWith('replace Secret') && at > first.written.lastIndexOf('apply Service small-web') + 1,
    );
    await scaleWeb('green', 5);
    await deploy('v3-good', { hpa: { min: 2 } }, { kind: 'kill', write: served + 1 });
    expect((await app.journal()).inFlight?.phase).toBe('finish');
    await app.letLeaseExpire();
    expect((await deploy('v3-good', { hpa: { min: 2 } })).outcome).toMatchObject({ version: 'v3-good' });
    expect([await minimumOf('blue'), await minimumOf('green')]).toEqual([2, 2]);
    expect([...notesOf(await hpaOf('blue')), ...notesOf(await hpaOf('green'))]).toEqual([]);
    await expectWayOut(app, 'v4-good');
  });

  test('what a person set meanwhile stays', async () => {
    await deploy('v1-good', { hpa: { min: 2 } });
    await scaleWeb('blue', 4);
    const person = onceHeld('green', ({ metadata }) =>
      app.kubernetes.patch({ ...HPA, name: metadata.name }, { spec: { minReplicas: 7 } }, { type: 'merge', fieldManager: 'kubectl' }),
    );
    await deploy('v2-good', { hpa: { min: 2 } });
    person.stop();
    await person.done;
    expect(await minimumOf('green')).toBe(7);
    expect(notesOf(await hpaOf('green'))).toEqual([]);
    await expectWayOut(app, 'v3-good');
  });
});

describe('KEDA with nothing to do', () => {
  let keda: Keda;
  beforeEach(async () => {
    const definitions = parseAllDocuments(readFileSync(join(ROOT, 'test/charts/zoo-crds.yaml'), 'utf8')).map((one) => one.toJS());
    for (const definition of definitions.filter(({ metadata }) => metadata.name.endsWith('.keda.sh'))) {
      await app.kubernetes.apply(definition, { fieldManager: 'test', force: true });
    }
    keda = new Keda(app.kubernetes);
    await keda.start();
  });
  afterEach(() => keda.stop());

  test.each([
    ['a minimum of zero', { minReplicaCount: 0 }, undefined],
    ['a minimum that is left out', { maxReplicaCount: 5 }, undefined],
    ['an idle count of zero', { minReplicaCount: 1, idleReplicaCount: 0 }, 0],
  ])('%s does not take a color away that is being proved', async (_, spec, idle) => {
    expect((await deploy('v1-good', { keda: { spec } })).outcome).toMatchObject({ status: 'deployed', version: 'v1-good' });
    expect((await deploy('v2-good', { keda: { spec } })).outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    // From here on KEDA does what the chart says.
    const scaled = await keda.get('small-web-green');
    expect(scaled?.spec).toMatchObject(spec);
    expect(scaled?.spec?.idleReplicaCount).toBe(idle);
    expect(notesOf(scaled)).toEqual([]);
    await until('zero', 10_000, async () => ((await app.replicas('green')) === 0 ? true : undefined));
  });

  test('a version fails under traffic: KEDA has not taken the one before away meanwhile', async () => {
    const spec = { minReplicaCount: 0 };
    keda.followsUsers = true;
    await deploy('v1-good', { keda: { spec } });
    await scaleWeb('blue', 3);
    const { outcome } = await deploy('v2-late', { keda: { spec } }, undefined, { timeoutMs: 20_000 });
    expect(outcome).toMatchObject({ status: 'rolled-back', version: 'v1-good', failureReason: 'smoke-failed' });
    expect(await app.replicas('blue')).toBe(3);
    expect((await keda.get('small-web-blue'))?.spec).toMatchObject(spec);
    await expectWayOut(app, 'v3-good');
  });
});

describe('a part with a Service and no replicas', () => {
  const off = { part: { replicas: 0 } };
  const on = { part: { replicas: 1 } };

  test('is deployed, switched on, and off again', async () => {
    expect((await deploy('v1-good', off)).outcome).toMatchObject({ status: 'deployed', version: 'v1-good' });
    expect((await deploy('v2-good', on)).outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect((await app.serving()).map(versionOf)).toEqual(['v2-good']);
    expect((await deploy('v3-good', off)).outcome).toMatchObject({ status: 'deployed', version: 'v3-good' });
    expect((await deploy('v3-good', off)).outcome).toMatchObject({ status: 'unchanged', version: 'v3-good' });
    expect((await app.rollback('previous')).outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect((await app.rollback('previous')).outcome).toMatchObject({ status: 'deployed', version: 'v3-good' });
    await expectWayOut(app, 'v4-good');
  });

  test('and a version fails under traffic: the way back does not wait for it', async () => {
    await deploy('v1-good', off);
    expect((await deploy('v2-late', on)).outcome).toMatchObject({
      status: 'rolled-back',
      version: 'v1-good',
      failureReason: 'smoke-failed',
    });
    await expectWayOut(app, 'v3-good');
  });

  test('and a run is killed under traffic: the next one goes back to it', async () => {
    await deploy('v1-good', off);
    const { written } = await deploy('v2-good', off);
    const switched = written.lastIndexOf('apply Service small-report');
    expect((await deploy('v3-late', on, { kind: 'kill', write: switched + 2 })).outcome).toBe('killed');
    await app.letLeaseExpire();
    expect((await deploy('v4-sick', off)).outcome).toMatchObject({ status: 'rolled-back', version: 'v2-good' });
    expect((await app.serving()).map(versionOf)).toEqual(['v2-good']);
    await expectWayOut(app, 'v5-good');
  });
});

describe('a shared workload', () => {
  const cache = (version: string) => ({ shared: { image: `registry.example/cache:${version}` } });
  /** Its node is gone, and nobody has noticed. */
  const breakIt = async (): Promise<void> => {
    const { items } = await app.kubernetes.list(POD);
    const pod = items.find(({ metadata }) => metadata.name.startsWith('small-cache-'));
    const status = { conditions: [{ type: 'Ready', status: 'False' }] };
    await app.kubernetes.patch({ ...POD, name: pod?.metadata.name ?? '' }, { status }, { type: 'merge', subresource: 'status' });
  };

  test.each([
    ['the base is the same', {}],
    ['another object of the base changes', { note: 'new' }],
  ])('that is broken and not touched does not fail a deploy: %s', async (_, more) => {
    await deploy('v1-good', cache('v1-good'));
    await breakIt();
    const { outcome } = await deploy('v2-good', { ...cache('v1-good'), ...more }, undefined, { timeoutMs: 8_000 });
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    await expectWayOut(app, 'v3-good');
  });

  test('that this version changes is waited for', async () => {
    await deploy('v1-good', cache('v1-good'));
    const { outcome } = await deploy('v2-good', cache('v2-crashes'), undefined, { timeoutMs: 8_000 });
    expect(outcome).toMatchObject({ status: 'rolled-back', version: 'v1-good', failureReason: 'bad-command' });
    await expectWayOut(app, 'v3-good');
  });
});
