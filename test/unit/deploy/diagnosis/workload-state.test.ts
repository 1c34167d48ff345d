import { describe, expect, test } from '@jest/globals';
import type { Expected } from '../../../../src/deploy/diagnosis/model.ts';
import { explainUnready } from '../../../../src/deploy/diagnosis/unready.ts';
import { certainFailure, workloadState } from '../../../../src/deploy/diagnosis/workload-state.ts';
import { View } from '../../../../src/deploy/kube/watch.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';

const see = (...objects: object[]): View => {
  const view = new View();
  for (const object of objects) view.take({ type: 'ADDED', object: object as KubernetesObject });
  return view;
};
const deployment = (status: object, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web-blue', uid: 'd', generation: 2 },
  spec: { replicas: 2, ...spec },
  status: { observedGeneration: 2, ...status },
});
const set = (revision: number, uid: string) => ({
  kind: 'ReplicaSet',
  metadata: {
    name: `web-blue-${uid}`,
    uid,
    annotations: { 'deployment.kubernetes.io/revision': String(revision) },
    ownerReferences: [{ uid: 'd', controller: true }],
  },
});
const pod = (owner: string, status: object, name = `web-blue-${owner}-1`) => ({
  kind: 'Pod',
  metadata: { name, uid: name, ownerReferences: [{ uid: owner, controller: true }] },
  spec: { containers: [{ name: 'web', image: 'r.example.com/web:v2', readinessProbe: { httpGet: { port: 8000, path: '/health' } } }] },
  status,
});
const crashing = {
  containerStatuses: [
    { name: 'web', restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 1 } } },
  ],
};
const web: Expected = { kind: 'Deployment', name: 'web-blue', shared: false };
const ready = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };

describe('readiness', () => {
  test.each<[string, object, boolean]>([
    ['all pods new and available', deployment(ready), true],
    ['not yet observed', { ...deployment(ready), metadata: { name: 'web-blue', uid: 'd', generation: 3 } }, false],
    ['one pod is still old', deployment({ ...ready, updatedReplicas: 1 }), false],
    ['old pods are still there', deployment({ ...ready, replicas: 3 }), false],
    ['one pod is not available', deployment({ ...ready, availableReplicas: 1 }), false],
    ['zero wanted', deployment({}, { replicas: 0 }), true],
  ])('%s: %s', (_, object, expected) => expect(workloadState(see(object), web).ready).toBe(expected));

  test('a workload that is not there yet is waited for', () =>
    expect(workloadState(see(), web)).toMatchObject({ ready: false, failing: [] }));

  test('pods of the last version say nothing about this one', () => {
    const view = see(deployment({}), set(1, 'old'), set(2, 'new'), pod('old', crashing), pod('new', {}));
    expect(workloadState(view, web).failing).toEqual([]);
  });

  test.each([
    ['that its controller has not seen yet', { uid: 'd', generation: 3 }],
    ['whose ReplicaSet has not been seen yet', { uid: 'd', generation: 2, annotations: { 'deployment.kubernetes.io/revision': '2' } }],
  ])('the pods of the last version say nothing about a Deployment %s', (_, metadata) => {
    const object = { ...deployment({}), metadata: { name: 'web-blue', ...metadata } };
    expect(workloadState(see(object, set(1, 'old'), pod('old', crashing)), web)).toMatchObject({ ready: false, failing: [] });
  });

  describe('a pod whose volume is not made', () => {
    const claiming = (nodeName?: string) => {
      const { spec, ...rest } = pod('new', { phase: 'Pending' });
      const metadata = { ...rest.metadata, creationTimestamp: '2026-01-01T00:00:00Z' };
      return {
        ...rest,
        metadata,
        spec: { ...spec, nodeName, volumes: [{ name: 'tmp' }, { persistentVolumeClaim: { claimName: 'data' } }] },
      };
    };
    const event = (message: string, at: string, about: object) => ({
      kind: 'Event',
      metadata: { name: `${message} ${at}` },
      reason: 'ProvisioningFailed',
      message,
      lastTimestamp: at,
      involvedObject: { kind: 'PersistentVolumeClaim', name: 'data', ...about },
    });
    const said = (...objects: object[]) =>
      workloadState(see(deployment({}), set(2, 'new'), ...objects), web).failing.map(({ cause }) => [cause.reason, cause.message]);
    const early = event('no answer', '2026-01-01T00:00:00Z', {});
    const late = event('quota of disks reached', '2026-01-01T00:01:00Z', {});

    test('by the newest event of its claim', () =>
      expect(said(claiming(), late, early)).toEqual([
        ['volume-pending', 'Pod web-blue-new-1 waits for a volume: claim data: quota of disks reached'],
      ]));
    test("another claim's says nothing", () => expect(said(claiming(), event('x', '2026-01-01T00:00:00Z', { name: 'other' }))).toEqual([]));
    test('nor does one from before the pod, of a claim that is gone', () =>
      expect(said(claiming(), event('x', '2025-12-31T23:00:00Z', {}))).toEqual([]));
    test('nor does it once the pod has its node', () => expect(said(claiming('node1'), late)).toEqual([]));
  });

  test('an evicted pod is a retry', () => {
    const view = see(deployment({}), set(2, 'new'), pod('new', { phase: 'Failed', reason: 'Evicted', ...crashing }));
    expect(workloadState(view, web).failing).toEqual([]);
  });
});

describe('certainty', () => {
  const states = (shared?: boolean) => [
    workloadState(see(deployment({}), set(2, 'new'), pod('new', crashing)), web),
    ...(shared === undefined ? [] : [{ workload: 'StatefulSet/db', shared: true, ready: shared, text: '', failing: [] }]),
  ];
  test('a crash loop is certain at once', () => expect(certainFailure(states(), new Map(), 0)?.cause.reason).toBe('crash-loop'));
  test('while the database comes up, crashes are waited out', () => {
    const since: Parameters<typeof certainFailure>[1] = new Map();
    expect(certainFailure(states(false), since, 0)).toBeUndefined();
    expect(certainFailure(states(true), since, 30_000)).toBeUndefined();
    expect(certainFailure(states(true), since, 46_000)?.cause.reason).toBe('crash-loop');
  });
  describe('once the database is there, a new try in vain is certain', () => {
    const at = (restartCount: number, state: object, shared: boolean) => {
      const containerStatuses = [{ name: 'web', restartCount, state, lastState: { terminated: { exitCode: 1, reason: 'Error' } } }];
      return [
        workloadState(see(deployment({}), set(2, 'new'), pod('new', { containerStatuses })), web),
        { workload: 'StatefulSet/db', shared: true, ready: shared, text: '', failing: [] },
      ];
    };
    const waits = { waiting: { reason: 'CrashLoopBackOff' } };
    const runs = { running: {} };
    test.each<[string, boolean, [number, number, object, boolean][]]>([
      [
        'one that began when it had been there for a while',
        true,
        [
          [0, 1, waits, false],
          [10_000, 1, waits, true],
          [16_000, 2, waits, true],
        ],
      ],
      [
        'not the one before',
        false,
        [
          [0, 1, waits, false],
          [10_000, 1, waits, true],
          [16_000, 1, waits, true],
        ],
      ],
      [
        'not one that was under way when it came',
        false,
        [
          [0, 2, runs, false],
          [10_000, 2, runs, true],
          [16_000, 2, waits, true],
        ],
      ],
      [
        'the one after that',
        true,
        [
          [0, 2, runs, false],
          [10_000, 2, waits, true],
          [20_000, 3, waits, true],
        ],
      ],
      [
        'not one of its first moments, when nothing may lead there yet',
        false,
        [
          [0, 1, waits, false],
          [1_000, 2, waits, true],
          [9_000, 2, waits, true],
        ],
      ],
      [
        'one after those',
        true,
        [
          [0, 1, waits, false],
          [1_000, 2, waits, true],
          [21_000, 3, waits, true],
        ],
      ],
    ])('%s', (_, expected, steps) => {
      const since: Parameters<typeof certainFailure>[1] = new Map();
      const verdicts = steps.map(([now, restarts, state, shared]) => certainFailure(at(restarts, state, shared), since, now)?.cause.reason);
      expect(verdicts).toEqual(steps.map((_step, index) => (expected && index === steps.length - 1 ? 'crash-loop' : undefined)));
    });
  });
  test('in place, crashes are waited out while another one is coming up, not where that fails as well', () => {
    const at = (other: object[]) => {
      const [crashes] = states();
      const own = { ...crashes, shared: true } as ReturnType<typeof workloadState>;
      const db = { workload: 'StatefulSet/db', shared: true, ready: false, text: '', failing: other as typeof own.failing };
      return certainFailure([own, db], new Map(), 0)?.workload;
    };
    expect(at([])).toBeUndefined();
    expect(at([{ workload: 'StatefulSet/db', cause: { reason: 'unschedulable', message: '', graceMs: 60_000 } }])).toBe(
      'Deployment/web-blue',
    );
  });
  test('a Secret that comes a little later is waited for', () => {
    const missing = {
      containerStatuses: [
        { name: 'web', restartCount: 0, state: { waiting: { reason: 'CreateContainerConfigError', message: 'secret "x" not found' } } },
      ],
    };
    const state = [workloadState(see(deployment({}), set(2, 'new'), pod('new', missing)), web)];
    const since: Parameters<typeof certainFailure>[1] = new Map();
    expect(certainFailure(state, since, 1_000)).toBeUndefined();
    expect(certainFailure(state, since, 20_000)).toBeUndefined();
    expect(certainFailure(state, since, 21_000)?.cause).toMatchObject({ reason: 'missing-config' });
  });
});

describe('what is updated in place', () => {
  const crashing = {
    containerStatuses: [
      { name: 'web', restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 1 } } },
    ],
  };
  const labelled = (labels: object) => {
    const one = pod('s', crashing);
    return { ...one, metadata: { ...one.metadata, labels } };
  };
  const owner = (kind: string, status: object, annotations: object = {}) => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'db', uid: 's', generation: 2, annotations },
    spec: {},
    status: { observedGeneration: 2, desiredNumberScheduled: 1, ...status },
  });
  const generation = { 'deprecated.daemonset.template.generation': '4' };
  test.each<[string, 'StatefulSet' | 'DaemonSet', object, object, boolean]>([
    [
      'a pod of the version before',
      'StatefulSet',
      owner('StatefulSet', { updateRevision: 'db-2' }),
      { 'controller-revision-hash': 'db-1' },
      false,
    ],
    [
      'a pod of this version',
      'StatefulSet',
      owner('StatefulSet', { updateRevision: 'db-2' }),
      { 'controller-revision-hash': 'db-2' },
      true,
    ],
    ['a node’s pod of the version before', 'DaemonSet', owner('DaemonSet', {}, generation), { 'pod-template-generation': '3' }, false],
    ['a node’s pod of this version', 'DaemonSet', owner('DaemonSet', {}, generation), { 'pod-template-generation': '4' }, true],
  ])('%s', (_name, kind, object, labels, counts) => {
    const { failing } = workloadState(see(object, labelled(labels)), { kind, name: 'db', shared: true });
    expect(failing).toHaveLength(counts ? 1 : 0);
  });
});

test('no node is certain after a minute, unless an autoscaler adds one: then at the limit', () => {
  const waiting = { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '2 Insufficient cpu.' }] };
  const scaleUp = { kind: 'Event', metadata: { name: 'e' }, reason: 'TriggeredScaleUp', involvedObject: { uid: 'web-blue-new-1' } };
  const after = (ms: number, ...more: object[]) => {
    const state = [workloadState(see(deployment({}), set(2, 'new'), pod('new', waiting), ...more), web)];
    return certainFailure(state, new Map([['Deployment/web-blue web-blue-new-1  unschedulable', { since: 0 }]]), ms)?.cause.reason;
  };
  expect([after(59_000), after(61_000), after(500_000, scaleUp)]).toEqual([undefined, 'unschedulable', undefined]);
  const view = see(deployment({}), set(2, 'new'), pod('new', waiting), scaleUp);
  expect(explainUnready(view, [workloadState(view, web)], 600_000).cause.reason).toBe('unschedulable');
});

test('at the limit the probe that never passed is named', () => {
  const unready = { containerStatuses: [{ name: 'web', ready: false, restartCount: 0, state: { running: {} } }] };
  const view = see(deployment({ readyReplicas: 0 }), set(2, 'new'), pod('new', unready));
  expect(explainUnready(view, [workloadState(view, web)], 60_000).cause.message).toBe(
    'Container "web" of Deployment/web-blue was not ready within 60 s (readiness probe GET :8000/health)',
  );
});

describe('a pull Secret that the kubelet had not read yet', () => {
  const refused = {
    containerStatuses: [{ name: 'web', restartCount: 0, state: { waiting: { reason: 'ErrImagePull' } } }],
  };
  const event = (reason: string, message: string) => ({
    kind: 'Event',
    metadata: { name: reason, uid: reason },
    involvedObject: { uid: 'web-blue-new-1' },
    reason,
    message,
  });
  const denied = event(
    'Failed',
    'Failed to pull image "r.example.com/web:v2": pull access denied: authorization failed: no basic auth credentials',
  );
  const missed = event(
    'FailedToRetrieveImagePullSecret',
    'Unable to retrieve some image pull secrets (mine); attempting to pull the image may not succeed.',
  );
  const certainAfter = (ms: number, ...events: object[]) => {
    const states = [workloadState(see(deployment({}), set(2, 'new'), pod('new', refused), ...events), web)];
    const since: Parameters<typeof certainFailure>[1] = new Map();
    certainFailure(states, since, 1_000);
    return certainFailure(states, since, 1_000 + ms)?.cause.reason;
  };

  test('is waited for until the second attempt', () => {
    expect(certainAfter(29_000, denied, missed)).toBeUndefined();
    expect(certainAfter(30_000, denied, missed)).toBe('registry-auth');
  });

  test('a refusal with the Secret in hand is certain at once', () => {
    expect(certainAfter(0, denied)).toBe('registry-auth');
  });
});
