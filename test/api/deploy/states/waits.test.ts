import { afterAll, expect, test } from '@jest/globals';
import { NAMESPACE } from '../../../../src/deploy/kube/names.ts';
import type { Pod } from '../../../../src/interfaces/objects.ts';
import { App, type Ended } from '../../support/app.ts';
import { meanwhile, podsOf, setStatus, tell, until } from '../../support/hands.ts';
import { kubelet, stuckAs, versionOf } from '../../support/pods.ts';
import { expectWayOut } from '../../support/way-out.ts';

const LIMIT_MS = 180_000;
const apps: App[] = [];
afterAll(() => Promise.all(apps.map((app) => app.remove())));
const open = async (name: string): Promise<App> => {
  const app = await App.create(name);
  apps.push(app);
  await app.deploy('v1-good');
  return app;
};

/** A version with a pod that does not start, for the reason that `say` writes of it. */
const stuck = (app: App, say: (pod: Pod) => Promise<unknown>): Promise<Ended> =>
  meanwhile(
    app,
    () => app.deploy('v2-good', undefined, { values: app.values('v2-good', { bake: { stuck: true } }) }),
    'ready',
    async () => {
      const pod = await until('pod that is stuck', async () =>
        (await podsOf(app, 'green', 'stuck')).find((one) => one.status?.phase === 'Pending'),
      );
      await say(pod);
    },
  );

// What waits for its grace side by side.
test.concurrent.each<[string, string, string, (app: App, pod: Pod) => Promise<unknown>]>([
  [
    'a Secret of a volume is not there',
    'missing-config',
    'secret "db" not found',
    (app, pod) => tell(app, pod, 'FailedMount', 'MountVolume.SetUp failed for volume "db" : secret "db" not found'),
  ],
  [
    'a key of a ConfigMap in env is not there',
    'missing-config',
    "couldn't find key LEVEL in ConfigMap team/todo",
    (app, pod) => setStatus(app, pod, stuckAs('CreateContainerConfigError', pod, "couldn't find key LEVEL in ConfigMap team/todo")),
  ],
  [
    'the sandbox of a pod cannot start',
    'sandbox-failed',
    'plugin type="calico" failed (add): no IP addresses available',
    (app, pod) =>
      tell(
        app,
        pod,
        'FailedCreatePodSandBox',
        'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "1f3a": plugin type="calico" failed (add): no IP addresses available',
      ),
  ],
])(
  '%s: told as such, not when the time is up',
  async (_, failureReason, text, say) => {
    const app = await open('waits');
    const { outcome, log } = await stuck(app, (pod) => say(app, pod));
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason, error: { message: expect.stringContaining(text) } });
    expect(log.join('\n')).toContain(text);
    expect((await app.serving()).map(versionOf)).toEqual(['v1-good']);
    await expectWayOut(app, 'v3-good');
  },
  LIMIT_MS,
);

test.concurrent(
  'a Secret that an operator makes a moment later is waited for',
  async () => {
    const app = await open('waits');
    const { outcome } = await stuck(app, async (pod) => {
      await tell(app, pod, 'FailedMount', 'MountVolume.SetUp failed for volume "db" : secret "db" not found');
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      const started = { ...pod, metadata: { ...pod.metadata, annotations: {} } };
      await setStatus(app, pod, kubelet(started, '10.244.1.1'));
    });
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    // Its pod would be stuck again.
    await app.deploy('v3-good');
    await expectWayOut(app, 'v4-good');
  },
  LIMIT_MS,
);

test.concurrent(
  'the namespace is deleted meanwhile, then somebody deploys into it',
  async () => {
    const app = await open('waits');
    const { outcome } = await stuck(app, () => app.kubernetes.delete({ ...NAMESPACE, name: app.namespace }));
    expect(outcome).toMatchObject({ status: 'failed', failureReason: 'namespace-terminating' });
    const next = await app.deploy('v3-good');
    expect(next.outcome).toMatchObject({ status: 'failed', failureReason: 'namespace-terminating' });
    expect(next.written).toEqual([]);
  },
  LIMIT_MS,
);
