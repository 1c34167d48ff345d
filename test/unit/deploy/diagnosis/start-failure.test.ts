import { describe, expect, test } from '@jest/globals';
import { promisedNames } from '../../../../src/deploy/diagnosis/promised.ts';
import { startFailure } from '../../../../src/deploy/diagnosis/start-failure.ts';
import { View } from '../../../../src/deploy/kube/watch.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import type { Pod } from '../../../../src/interfaces/objects.ts';

type Said = [reason: string, message: string, second?: number];
const SECRET: Said = ['FailedMount', 'MountVolume.SetUp failed for volume "db" : secret "db" not found'];

function causeOf(said: readonly Said[], status: object = {}) {
  const view = new View();
  const pod = { metadata: { name: 'web-1', uid: 'u' }, status } as unknown as Pod;
  for (const [index, [reason, message, second = 0]] of said.entries()) {
    const lastTimestamp = new Date(second * 1_000).toISOString();
    const event = { kind: 'Event', metadata: { name: `e${index}` }, involvedObject: { uid: 'u' }, reason, message, lastTimestamp };
    view.take({ type: 'ADDED', object: event as unknown as KubernetesObject });
  }
  return startFailure(view, pod);
}

describe('a pod that starts no container', () => {
  test.each<[string, Said, object]>([
    [
      'a Secret is missing',
      SECRET,
      { reason: 'missing-config', missing: 'db', graceMs: 20_000, message: expect.stringContaining('secret "db" not found (volume "db")') },
    ],
    [
      'a ConfigMap is missing',
      ['FailedMount', 'MountVolume.SetUp failed for volume "c" : configmap "todo" not found'],
      { reason: 'missing-config', missing: 'todo' },
    ],
    [
      'a key is missing',
      ['FailedMount', 'MountVolume.SetUp failed for volume "c" : references non-existent config key: app.yaml'],
      { reason: 'missing-config', missing: undefined },
    ],
    [
      'a volume cannot be mounted',
      ['FailedMount', 'MountVolume.MountDevice failed for volume "pvc-1" : driver not found'],
      { reason: 'volume-pending', graceMs: 60_000 },
    ],
    [
      'a volume is attached elsewhere',
      ['FailedAttachVolume', 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) web-blue-1'],
      { reason: 'volume-pending', graceMs: 60_000 },
    ],
    [
      'its sandbox cannot start',
      ['FailedCreatePodSandBox', 'Failed to create pod sandbox: no runtime for "gvisor" is configured'],
      { reason: 'sandbox-failed', graceMs: 30_000, message: 'The node cannot set pod web-1 up: no runtime for "gvisor" is configured' },
    ],
  ])('%s', (_, said, cause) => expect(causeOf([said])).toMatchObject(cause));

  test.each<[string, readonly Said[], object]>([
    ['nothing is said', [], {}],
    ['it went on', [SECRET, ['Pulling', 'Pulling image', 5]], {}],
    ['it went on in the same second', [SECRET, ['Pulled', 'Image is there']], {}],
    ['the kubelet says that it is set up', [SECRET], { conditions: [{ type: 'PodReadyToStartContainers', status: 'True' }] }],
    ['a container runs', [SECRET], { containerStatuses: [{ name: 'web', state: { running: {} } }] }],
  ])('%s: no failure', (_, said, status) => expect(causeOf(said, status)).toBeUndefined());

  test('it went on, and failed again', () =>
    expect(causeOf([SECRET, ['Pulled', 'it', 5], [...SECRET.slice(0, 2), 9] as unknown as Said])?.reason).toBe('missing-config'));
});

test("what a chart's operators may make: by the names that their objects have and hold", () => {
  const object = (apiVersion: string, kind: string, name: string, spec: object = {}) => ({ apiVersion, kind, metadata: { name }, spec });
  const names = promisedNames([
    object('external-secrets.io/v1', 'ExternalSecret', 'db-external', {
      target: { name: 'db' },
      data: [{ secretKey: 'x', remoteRef: { key: 'y' } }],
    }),
    object('bitnami.com/v1alpha1', 'SealedSecret', 'sealed'),
    object('cert-manager.io/v1', 'Certificate', 'web', { secretName: 'web-tls' }),
    object('apps/v1', 'Deployment', 'web', { template: { spec: { volumes: [{ secret: { secretName: 'other' } }] } } }),
    object('networking.k8s.io/v1', 'Ingress', 'front', { tls: [{ secretName: 'front-tls' }] }),
  ]);
  expect([...names].sort()).toEqual(['db', 'db-external', 'sealed', 'web', 'web-tls']);
});
