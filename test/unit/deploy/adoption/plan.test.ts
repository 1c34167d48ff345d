import { describe, expect, test } from '@jest/globals';
import { asApplied, claimable, claimPart, claimRefusals } from '../../../../src/deploy/adoption/claim.ts';
import { leavingPart } from '../../../../src/deploy/adoption/leaving-part.ts';
import { type Live, planTakeover, takeoverLines } from '../../../../src/deploy/adoption/plan.ts';
import { isOurs } from '../../../../src/deploy/adoption/read.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import type { Pod, ReplicaSet, Service } from '../../../../src/interfaces/objects.ts';
import { pack, unpack } from '../../../../src/split/part/pack.ts';
import { split } from '../../split/helpers.ts';

const labels = (app: string) => ({ app, tier: 'todo' });
const deployment = (name: string, replicas?: number): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    ...(replicas !== undefined && { replicas }),
    selector: { matchLabels: labels(name) },
    template: {
      metadata: { labels: labels(name) },
      spec: { containers: [{ name, image: `example/${name}:1`, ports: [{ name: 'http', containerPort: 80 }] }] },
    },
  },
});
const service = (name: string, selector: Record<string, string> = labels(name)): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
});
const hpa: KubernetesObject = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web' },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 2, maxReplicas: 5 },
};
const cron: KubernetesObject = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'nightly' },
  spec: {
    schedule: '0 3 * * *',
    jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] } } } },
  },
};
const pod = (name: string, app: string, hash?: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { ...labels(app), ...(hash && { 'pod-template-hash': hash }) } },
  status: { phase: 'Running' },
});

const CHART = [deployment('web', 2), deployment('worker', 3), service('web'), hpa, cron];
const plain = (objects: readonly KubernetesObject[] = CHART) => ({ revision: 3, status: 'deployed', chart: 'todo-1.0.0', objects });
const live = (more: Partial<Live> = {}): Live => ({
  services: [service('web')],
  pods: [pod('web-1', 'web', 'aaa'), pod('web-2', 'web', 'aaa')],
  replicaSets: [],
  old: [deployment('web', 4), deployment('worker', 3), hpa, cron],
  ...more,
});
const plan = (seen: Live = live(), before = plain()) => planTakeover(before, seen, split(CHART), 'todo');

describe('what a takeover is made of', () => {
  test('workloads with what runs of them, what goes with them, and Services pinned to the pods that serve', () => {
    const { app, refusals } = plan();
    expect(refusals).toEqual([]);
    expect(app).toMatchObject({
      revision: 3,
      version: 'Helm revision 3',
      workloads: [
        { kind: 'Deployment', name: 'web', replicas: 4, asked: 2, worker: false },
        { kind: 'Deployment', name: 'worker', replicas: 3, worker: true },
        { kind: 'CronJob', name: 'nightly', replicas: 0, worker: true },
      ],
      others: [{ kind: 'HorizontalPodAutoscaler', name: 'web' }],
      services: [{ name: 'web', selector: labels('web'), pinned: { ...labels('web'), 'pod-template-hash': 'aaa' } }],
    });
  });

  test('of what both colors share the plain revision stays until the end, its Services without selectors', () => {
    const objects = unpack(plan().before).map(({ object }) => object);
    expect(objects).toEqual([{ ...service('web'), spec: { ports: service('web').spec?.ports } }]);
  });

  test('an object that the last chart wrote with its namespace is the same object', () => {
    const written = CHART.map((object) => ({ ...object, metadata: { ...object.metadata, namespace: 'todo' } }));
    expect(unpack(plan(live(), plain(written)).before).map(({ object }) => object.metadata)).toEqual([{ name: 'web' }]);
  });

  test('a Service that the chart no longer has is pinned too, where it would take the new pods in', () => {
    const legacy = service('legacy', { tier: 'todo' });
    const other = service('other', { app: 'other' });
    const { app } = plan(live({ services: [service('web'), legacy, other] }), plain([...CHART, legacy, other]));
    expect(app.services.map(({ name }) => name)).toEqual(['web', 'legacy']);
  });

  test('an app that is scaled to zero is pinned to the pods that would start', () => {
    const set = (name: string, hash: string, revision: string): ReplicaSet => ({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name,
        labels: { 'pod-template-hash': hash },
        annotations: { 'deployment.kubernetes.io/revision': revision },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: '' }],
      },
    });
    const { app } = plan(live({ pods: [], replicaSets: [set('web-b', 'bbb', '10'), set('web-a', 'aaa', '9')] }));
    expect(app.services[0]?.pinned['pod-template-hash']).toBe('bbb');
  });

  test('a Service that leads nowhere goes on leading nowhere', () => {
    expect(plan(live({ pods: [] })).app.services[0]?.pinned['pod-template-hash']).toBe('none');
  });

  test('what stands still stays at a standstill', () => {
    const { app } = plan(live({ old: [deployment('web', 0), { ...cron, spec: { ...(cron.spec as object), suspend: true } }] }));
    expect(app.workloads).toMatchObject([
      { name: 'web', suspended: true },
      { name: 'nightly', suspended: true },
    ]);
  });

  test('it is told line by line', () => {
    expect(takeoverLines(plan(), 'blue')).toEqual([
      'Helm is told to leave alone until blue serves (helm.sh/resource-policy: keep): Deployment/web, Deployment/worker, CronJob/nightly, HorizontalPodAutoscaler/web',
      'Service/web is pinned to the pods that serve now (pod-template-hash=aaa)',
      'blue comes up beside them, with what runs now (Deployment/web: 4, Deployment/worker: 3)',
      'Stopped at the switch: Deployment/worker, CronJob/nightly',
      'Services move from the plain pods to blue',
      'After the bake and the drain the plain workloads and what goes with them are deleted',
    ]);
  });
});

describe('what is refused', () => {
  test.each([
    ['a rollout', [pod('a', 'web', 'aaa'), pod('b', 'web', 'bbb')], /leads to pods of 2 versions or Deployments: Pod\/a, Pod\/b/],
    ['a pod that no Deployment made', [pod('a', 'web', 'aaa'), pod('b', 'web')], /leads to Pod\/b, which no Deployment made/],
  ])('%s behind a Service', (_, pods, message) => {
    const { refusals } = plan(live({ pods }));
    expect(refusals).toMatchObject([{ object: 'Service/web', message: expect.stringMatching(message) }]);
  });

  test('pods that end are not looked at', () => {
    const ending = pod('b', 'web', 'bbb');
    ending.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    const done: Pod = { ...pod('c', 'web'), status: { phase: 'Succeeded' } };
    expect(plan(live({ pods: [pod('a', 'web', 'aaa'), ending, done] })).refusals).toEqual([]);
  });
});

describe('what kubectl made', () => {
  const marked = (object: KubernetesObject, release: string): KubernetesObject => ({
    ...object,
    metadata: { ...object.metadata, annotations: { 'meta.helm.sh/release-name': release } },
  });

  test('is an app where one of its workloads is among it', () => {
    expect(claimable([service('web')])).toEqual([]);
    expect(claimable([service('web'), deployment('web')]).map(({ kind }) => kind)).toEqual(['Service', 'Deployment']);
    expect(claimable([marked(deployment('web'), 'todo')])).toEqual([]);
  });

  test.each([
    ['another release', marked(deployment('web'), 'other'), /belongs to the Helm release "other"/],
    [
      'Flux',
      { ...deployment('web'), metadata: { name: 'web', labels: { 'kustomize.toolkit.fluxcd.io/name': 'x' } } },
      /looked after by Flux/,
    ],
    [
      'an operator',
      {
        ...deployment('web'),
        metadata: { name: 'web', ownerReferences: [{ apiVersion: 'v1', kind: 'App', name: 'a', uid: '', controller: true }] },
      },
      /is made by App\/a/,
    ],
  ])('is refused where it is in the hands of %s', (_, object, message) => {
    expect(claimRefusals([object], 'todo')).toMatchObject([{ object: 'Deployment/web', message: expect.stringMatching(message) }]);
  });

  test('is recorded as it lives, without what the API server and controllers write', () => {
    const job: KubernetesObject = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: 'j',
        uid: 'u',
        resourceVersion: '7',
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', own: '1' },
      },
      spec: { selector: {}, template: { metadata: { creationTimestamp: null, labels: { 'job-name': 'j', own: '1' } } } },
      status: {},
    };
    expect(asApplied(job)).toEqual({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'j', annotations: { own: '1' } },
      spec: { template: { metadata: { labels: { own: '1' } } } },
    });
  });

  test('its record is not taken for a part of ours', () => {
    const chart = { name: 'todo', version: '1.0.0' };
    const objects = [deployment('web')];
    const part = pack(
      chart,
      objects.map((object) => ({ object, name: object.metadata.name })),
    );
    expect([isOurs(part), isOurs(claimPart(chart, objects)), isOurs({ chart, templates: { 'web.yaml': '' } })]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

test('on the way back the plain workloads stand in the base, without selectors and autoscalers, beside what is there', () => {
  const { app } = plan();
  const now = pack({ name: 'todo', version: '2.0.0' }, [
    { object: service('web'), name: 'web' },
    { object: service('added'), name: 'added' },
  ]);
  const part = leavingPart(CHART, now, app, new Map([['web', [{ port: 8080 }]]]));
  const objects = unpack(part).map(({ object }) => object);
  expect(objects.map(({ kind, metadata, spec }) => [kind, metadata.name, spec])).toMatchObject([
    ['Deployment', 'web', { replicas: 0 }],
    ['Deployment', 'worker', { replicas: 0 }],
    ['Service', 'web', { ports: [{ port: 8080 }] }],
    ['CronJob', 'nightly', { suspend: true }],
    ['Service', 'added', {}],
  ]);
  expect(objects[2]?.spec).not.toHaveProperty('selector');
});
