import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { POD } from '../../../../src/deploy/kube/names.ts';
import type { Pod } from '../../../../src/interfaces/objects.ts';
import { COLOR_LABEL } from '../../../../src/split/model.ts';
import { App, type Ended } from '../../support/app.ts';
import { beside, podsOf, setSelector, setStatus } from '../../support/hands.ts';
import { versionOf } from '../../support/pods.ts';
import { expectWayOut } from '../../support/way-out.ts';

let app: App;
beforeAll(async () => {
  app = await App.create('bake');
  await deploy('v1-good', 0);
});
afterAll(() => app.remove());

let next = 2;
const version = () => `v${next++}-good`;
const deploy = (name: string, bakeMs: number): Promise<Ended> =>
  app.deploy(name, undefined, { bakeMs, values: app.values(name, { replicas: 2 }) });
const baking = (name: string, act: () => Promise<unknown>, bakeMs = 1_500): Promise<Ended> =>
  beside(app, deploy(name, bakeMs), 'bake', act);
const colors = async () => {
  const blue = (await app.selector())?.[COLOR_LABEL] === 'blue';
  return { old: blue ? 'blue' : 'green', idle: blue ? 'green' : 'blue' } as const;
};
const serving = async () => [...new Set((await app.serving()).map(versionOf))];
const terminated = (exitCode: number) => ({ terminated: { exitCode, reason: 'Error' } });
const ended = (pod: Pod, exitCode: number) =>
  pod.spec?.containers.map(({ name, image }) => ({
    name,
    image,
    imageID: '',
    ready: false,
    restartCount: 0,
    state: terminated(exitCode),
  }));
const unready = [{ type: 'Ready', status: 'False' }];

describe('what happens in the bake', () => {
  test.each<[string, object]>([
    ['the kubelet evicts it: the node runs out of memory', { phase: 'Failed', reason: 'Evicted' }],
    ['its node is drained', { conditions: [...unready, { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' }] }],
    [
      'a pod of higher priority takes its place',
      { conditions: [...unready, { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }] },
    ],
  ])('a pod goes, since %s: no crash', async (_, status) => {
    const wanted = version();
    const { idle } = await colors();
    const { outcome } = await baking(wanted, async () => {
      const [pod] = await podsOf(app, idle);
      if (!pod) throw new Error('no pod');
      await setStatus(app, pod, { conditions: unready, containerStatuses: ended(pod, 137), ...status });
      await new Promise((resolve) => setTimeout(resolve, 200));
      await app.kubernetes.delete({ ...POD, name: pod.metadata.name });
    });
    expect(outcome).toMatchObject({ status: 'deployed', version: wanted });
    expect(await serving()).toEqual([wanted]);
  });

  test('a container ends by itself: users are back', async () => {
    const before = await serving();
    const { idle } = await colors();
    const { outcome } = await baking(version(), async () => {
      const [pod] = await podsOf(app, idle);
      if (pod) await setStatus(app, pod, { conditions: unready, containerStatuses: ended(pod, 1) });
    });
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'bake-failed' });
    expect(await serving()).toEqual(before);
  });

  test('9 of 10 pods are not ready any more: no pass', async () => {
    const before = await serving();
    const { idle } = await colors();
    const name = version();
    const running = app.deploy(name, undefined, { bakeMs: 1_500, values: app.values(name, { replicas: 10 }) });
    const { outcome } = await beside(app, running, 'bake', async () => {
      for (const pod of (await podsOf(app, idle)).slice(1)) await setStatus(app, pod, { conditions: unready });
    });
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'bake-failed' });
    expect(outcome).toMatchObject({ error: { message: expect.stringContaining('1 of 10 pods behind Service small-web are ready') } });
    expect(await serving()).toEqual(before);
  });

  test('a pod is unready for a moment: that passes', async () => {
    const wanted = version();
    const { idle } = await colors();
    const { outcome } = await baking(wanted, async () => {
      const [pod] = await podsOf(app, idle);
      if (!pod) throw new Error('no pod');
      await setStatus(app, pod, { conditions: unready });
      await new Promise((resolve) => setTimeout(resolve, 500));
      await setStatus(app, pod, { conditions: [{ type: 'Ready', status: 'True' }] });
    });
    expect(outcome).toMatchObject({ status: 'deployed', version: wanted });
  });

  test('one answer is lost: it proves nothing', async () => {
    const wanted = version();
    const { outcome } = await baking(wanted, async () => app.apps.lose((answer) => answer === 2));
    expect(outcome).toMatchObject({ status: 'deployed', version: wanted });
  });

  test('two of five answers are lost, again and again: no pass', async () => {
    const before = await serving();
    const { outcome } = await baking(version(), async () => app.apps.lose((answer) => answer % 5 === 2 || answer % 5 === 4));
    app.apps.lose(() => false);
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'smoke-failed' });
    expect(await serving()).toEqual(before);
  });

  test('a person switches back by hand: users stay there, and the run is red', async () => {
    const before = await serving();
    const { old } = await colors();
    const wanted = version();
    const { outcome, log } = await baking(wanted, () => setSelector(app, { [COLOR_LABEL]: old }));
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'selector-changed', version: before[0] });
    expect(await serving()).toEqual(before);
    expect((await app.journal()).active).toBe(old);
    expect(log.join('\n')).toMatch(/Service small-web selects .*todo-deploy.dev\/color=\w+.*kubectl-patch/);
  });

  test('a person leads users elsewhere: they stay there, and the run is red', async () => {
    await setSelector(app, {});
    const { outcome, log } = await baking(version(), () =>
      setSelector(app, { 'app.kubernetes.io/component': 'maintenance', [COLOR_LABEL]: null }),
    );
    expect(outcome).toMatchObject({ failureReason: 'selector-changed' });
    expect(await app.selector()).toMatchObject({ 'app.kubernetes.io/component': 'maintenance' });
    expect(log.join('\n')).toContain('is left as it is');
    await setSelector(app, { 'app.kubernetes.io/component': 'web' });
  });

  test('a person takes the color off a selector: both versions answer, and the run is red', async () => {
    const { old } = await colors();
    const before = (await app.journal()).history[0]?.version;
    const { outcome } = await baking(version(), () => setSelector(app, { [COLOR_LABEL]: null }));
    expect(outcome).toMatchObject({ failureReason: 'selector-changed' });
    expect(await serving()).toEqual([before]);
    await setSelector(app, { [COLOR_LABEL]: old });
  });

  test('out of all of these, forward and back', () => expectWayOut(app, version()));
});
