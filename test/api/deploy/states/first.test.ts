import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { POD } from '../../../../src/deploy/kube/names.ts';
import { App } from '../../support/app.ts';
import { meanwhile, podsOf, setStatus, until } from '../../support/hands.ts';
import { stuckAs } from '../../support/pods.ts';
import { endJob, JOB } from '../../support/scheduler.ts';
import { expectWayOut } from '../../support/way-out.ts';

jest.setTimeout(240_000);

let app: App;
beforeEach(async () => {
  app = await App.create('first');
});
afterEach(() => app.remove());

const BLUE = expect.objectContaining({ 'todo-deploy.dev/color': 'blue' });

describe('a first deploy: nobody is served yet', () => {
  test('its Service leads to the color before that is ready; where it fails, nowhere again, and the pods stay', async () => {
    const led: unknown[] = [];
    const running = () => app.deploy('v1-waits', undefined, { timeoutMs: 3_000 });
    const { outcome } = await meanwhile(app, running, 'ready', async () => led.push(await app.selector()));
    expect(led).toEqual([BLUE]);
    expect(outcome).toMatchObject({ status: 'failed', failureReason: 'not-ready' });
    expect(await app.selector()).toBeUndefined();
    expect(await podsOf(app, 'blue')).toHaveLength(1);
    await expectWayOut(app, 'v2-good');
  });

  test('one that fails in its bake leads nowhere again either', async () => {
    expect((await app.deploy('v1-late')).outcome).toMatchObject({ status: 'failed' });
    expect(await app.selector()).toBeUndefined();
    expect((await app.journal()).history).toEqual([]);
  });

  test('one that is killed before its proof: the next run gives the Service up, and is a first deploy again', async () => {
    await app.deploy('v1-waits', { kind: 'kill', since: 'ready', write: 1 });
    expect(await app.selector()).toEqual(BLUE);
    await app.letLeaseExpire();
    const led: unknown[] = [];
    const { outcome, log } = await meanwhile(
      app,
      () => app.deploy('v2-good'),
      'base',
      async () => led.push(await app.selector()),
    );
    expect(led).toEqual([undefined]);
    expect(log.join('\n')).toContain('Reverted the deploy of v1-waits that ended in "ready"');
    expect(outcome).toMatchObject({ status: 'deployed', activeColor: 'blue', previousVersion: undefined });
  });

  test('a Job that both colors share calls the app by its Service before the color is proved', async () => {
    const setup = { ...JOB, metadata: { name: 'setup' }, spec: jobSpec() };
    const running = app.deploy('v1-good', undefined, { values: app.values('v1-good', { base: [setup] }), timeoutMs: 20_000 });
    await until('pods that the Job can call', async () => (await app.serving()).length > 0);
    await endJob(app.kubernetes, 'setup');
    expect((await running).outcome).toMatchObject({ status: 'deployed', version: 'v1-good' });
  });
});

const jobSpec = () => ({
  template: { spec: { restartPolicy: 'Never', containers: [{ name: 'setup', image: 'registry.example/setup' }] } },
});

describe('post hooks, where pods only wait', () => {
  const values = (version: string) => app.values(version, { bake: { stuck: true }, counts: { hook: true } });
  /** Its init container runs on until the hook has made its ConfigMap; then the pod is ready. */
  async function playWaiting(color: 'blue' | 'green'): Promise<void> {
    const pod = await until(
      'the pod',
      async () => (await podsOf(app, color, 'stuck'))[0]?.status?.conditions && (await podsOf(app, color, 'stuck'))[0],
    );
    const init = { name: 'wait', image: 'registry.example/wait', imageID: '', ready: false, restartCount: 0 };
    const running = { running: { startedAt: new Date().toISOString() } };
    await setStatus(app, pod, { ...stuckAs('PodInitializing', pod), initContainerStatuses: [{ ...init, state: running }] });
    await until('the hook', () => app.kubernetes.get({ apiVersion: 'v1', kind: 'ConfigMap', name: `small-hook-${color}` }));
    await setStatus(app, (await app.kubernetes.get({ ...POD, name: pod.metadata.name })) ?? pod, {
      initContainerStatuses: [],
      conditions: ['PodScheduled', 'Ready', 'ContainersReady'].map((type) => ({ type, status: 'True' })),
    });
  }

  test('they start while the pods wait, and it is said: on a first deploy and on a later one', async () => {
    for (const [version, color] of [
      ['v1-good', 'blue'],
      ['v2-good', 'green'],
    ] as const) {
      const [{ outcome, log }] = await Promise.all([
        app.deploy(version, undefined, { values: values(version), timeoutMs: 40_000 }),
        playWaiting(color),
      ]);
      expect(outcome).toMatchObject({ status: 'deployed', version });
      expect(log).toContainEqual(
        `ConfigMap/small-hook-${color} started before the pods were ready: init container "wait" of Deployment/small-stuck-${color} runs on`,
      );
    }
  });
});
