import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { JOB, POD } from '../../../../src/deploy/kube/names.ts';
import { App } from '../../support/app.ts';
import { setStatus, until } from '../../support/hands.ts';
import { versionOf } from '../../support/pods.ts';
import { expectWayOut } from '../../support/way-out.ts';

let app: App;
beforeAll(async () => {
  app = await App.create('hooks');
  await app.deploy('v1-good');
});
afterAll(() => app.remove());

const IMAGE = 'registry.example/app:none';
/** Plays the pod of a hook whose image is not in the registry. */
async function playPod(prefix: string): Promise<void> {
  const job = await until('Job of the hook', async () =>
    (await app.kubernetes.list(JOB)).items.find(({ metadata }) => metadata.name.startsWith(prefix)),
  );
  const { name, uid = '' } = job.metadata;
  const pod = await app.kubernetes.create({
    ...POD,
    metadata: {
      name: `${name}-x7k2p`,
      labels: { 'batch.kubernetes.io/job-name': name },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true }],
    },
    spec: { restartPolicy: 'Never', containers: [{ name: 'hook', image: IMAGE }] },
  });
  const state = { waiting: { reason: 'ErrImagePull', message: `failed to resolve reference "${IMAGE}": ${IMAGE}: not found` } };
  const containerStatuses = [{ name: 'hook', image: IMAGE, imageID: '', ready: false, restartCount: 0, state }];
  await setStatus(app, pod, { phase: 'Pending', containerStatuses });
}

describe('a hook whose image is not in the registry: named at once, as for the pods of the app', () => {
  test.each<[string, 'migrate' | 'test', string, string]>([
    ['before the upgrade', 'migrate', 'v2-good', 'Job/small-migrate'],
    ['as a test', 'test', 'v3-good', 'Job/small-test-green'],
  ])('%s', async (_, hook, version, job) => {
    const running = app.deploy(version, undefined, { values: app.values(version, { [hook]: { enabled: true, script: '' } }) });
    const [{ outcome }] = await Promise.all([running, playPod(`small-${hook}`)]);
    expect(outcome).toMatchObject({
      status: 'rolled-back',
      failureReason: 'image-not-found',
      error: { message: `The hook ${job} cannot start: The image ${IMAGE} does not exist in the registry` },
    });
    expect((await app.serving()).map(versionOf)).toEqual(['v1-good']);
  });

  test('out of it, forward and back', () => expectWayOut(app, 'v4-good'));
});
