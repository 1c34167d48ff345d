import { describe, expect, test } from '@jest/globals';
import { changedJobs } from '../../../src/deploy/base/jobs.ts';
import { endedContainer, serviceWithoutPods } from '../../../src/deploy/checks/bake.ts';
import { podPort } from '../../../src/deploy/checks/checks.ts';
import { cannotBecome } from '../../../src/deploy/color/raise.ts';
import { withReplicas } from '../../../src/deploy/color/replicas.ts';
import { diffObjects } from '../../../src/deploy/kube/diff.ts';
import { activeOf, type LiveService } from '../../../src/deploy/kube/live.ts';
import { View } from '../../../src/deploy/kube/watch.ts';
import { roleRules } from '../../../src/deploy/preflight/access.ts';
import { quantity } from '../../../src/deploy/preflight/quantity.ts';
import { needsOf, quotaShortage } from '../../../src/deploy/preflight/quota.ts';
import { currentHolder } from '../../../src/deploy/state/lease-object.ts';
import { sameVersion } from '../../../src/deploy/traffic/switch.ts';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import type { Lease, Pod, ResourceQuota } from '../../../src/interfaces/objects.ts';

const object = (value: object): KubernetesObject => value as KubernetesObject;

describe('lease', () => {
  const lease = (spec: object) =>
    ({
      metadata: { name: 'l', annotations: { 'todo-deploy.dev/repository': 'acme/todo', 'todo-deploy.dev/run': 'https://example.com/1' } },
      spec,
    }) as unknown as Lease;
  const renewTime = '2026-01-01T00:00:00.000000Z';
  const at = (seconds: number) => Date.parse('2026-01-01T00:00:00Z') + seconds * 1000;
  test.each<[string, Lease | undefined, number, string | undefined]>([
    ['there is none', undefined, 0, undefined],
    ['given up', lease({ leaseDurationSeconds: 30, renewTime }), 1, undefined],
    ['held', lease({ holderIdentity: 'x', leaseDurationSeconds: 30, renewTime }), 29, 'acme/todo, https://example.com/1'],
    [
      'late, but clocks differ',
      lease({ holderIdentity: 'x', leaseDurationSeconds: 30, renewTime }),
      34,
      'acme/todo, https://example.com/1',
    ],
    ['expired', lease({ holderIdentity: 'x', leaseDurationSeconds: 30, renewTime }), 36, undefined],
  ])('%s', (_, seen, seconds, who) => expect(currentHolder(seen, at(seconds))?.who).toBe(who));
});

describe('replicas', () => {
  const part = (spec: object) => ({
    chart: { name: 'web', version: '1.0.0' },
    templates: {
      'a.json': JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web-blue' }, spec }),
      'b.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"web-blue"}}',
    },
  });
  const replicasOf = (spec: object) =>
    JSON.parse(withReplicas(part(spec), new Map([['web-blue', 5]])).templates['a.json'] ?? '').spec.replicas;
  test('the live count replaces the chart’s', () => expect(replicasOf({ replicas: 2 })).toBe(5));
  test('what an autoscaler owns stays out', () => expect(replicasOf({})).toBeUndefined());
});

test.each<[string, object, object, boolean]>([
  [
    'same selector',
    { spec: { selector: { matchLabels: { a: '1', b: '2' } } } },
    { apiVersion: 'apps/v1', kind: 'Deployment', spec: { selector: { matchLabels: { b: '2', a: '1' } } } },
    false,
  ],
  [
    'other selector',
    { spec: { selector: { matchLabels: { a: '1' } } } },
    { apiVersion: 'apps/v1', kind: 'Deployment', spec: { selector: { matchLabels: { a: '2' } } } },
    true,
  ],
  [
    'other selector in its expressions',
    { spec: { selector: { matchLabels: { a: '1' }, matchExpressions: [{ key: 'b', operator: 'In', values: ['1'] }] } } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: { selector: { matchLabels: { a: '1' }, matchExpressions: [{ key: 'b', operator: 'In', values: ['2'] }] } },
    },
    true,
  ],
  [
    'no expressions, said in two ways',
    { spec: { selector: { matchLabels: { a: '1' } } } },
    { apiVersion: 'apps/v1', kind: 'Deployment', spec: { selector: { matchLabels: { a: '1' }, matchExpressions: [] } } },
    false,
  ],
  ['an immutable ConfigMap', { immutable: true }, { apiVersion: 'v1', kind: 'ConfigMap' }, true],
  ['another type of Secret', { type: 'kubernetes.io/tls' }, { apiVersion: 'v1', kind: 'Secret' }, true],
  ['an ordinary Secret', { type: 'Opaque' }, { apiVersion: 'v1', kind: 'Secret' }, false],
])('has to be deleted first: %s', (_, live, wanted, expected) => expect(cannotBecome(object(live), object(wanted))).toBe(expected));

describe('Jobs of the base', () => {
  const job = (image: string, annotations = {}) =>
    object({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'import', annotations }, spec: { image } });
  const recorded = (space: number | undefined) => ({
    chart: { name: 'web', version: '1.0.0' },
    templates: { 'a.json': `${JSON.stringify(job('a'), null, space)}\n` },
  });
  test.each([
    ['written with line breaks', 2],
    ['written without, as large parts are', undefined],
  ])('the same Job, %s, has not changed', (_, space) => expect(changedJobs([job('a')], recorded(space))).toEqual([]));
  test('another image is a change, a hook is not looked at', () =>
    expect(changedJobs([job('b'), job('c', { 'helm.sh/hook': 'pre-upgrade' })], recorded(2))).toEqual([job('b')]));
  test('without a last part all are new', () => expect(changedJobs([job('a')], undefined)).toEqual([job('a')]));
});

describe('ports of a check', () => {
  const pod = { spec: { containers: [{ ports: [{ name: 'http', containerPort: 8000 }] }] } } as Pod;
  const ports = [
    { name: 'web', port: 80, targetPort: 'http' },
    { name: 'admin', port: 9000 },
  ];
  test.each<[number | string | undefined, number | undefined]>([
    [undefined, 8000],
    ['web', 8000],
    [80, 8000],
    ['admin', 9000],
    [9000, 9000],
    [7000, 7000],
    ['none', undefined],
  ])('%s → %s', (wanted, expected) => expect(podPort(ports, wanted, pod)).toBe(expected));
});

describe('quota', () => {
  test.each<[string | undefined, number]>([
    ['200m', 0.2],
    ['2', 2],
    ['256Mi', 268435456],
    ['1G', 1e9],
    [undefined, 0],
  ])('%s is %s', (text, value) => expect(quantity(text)).toBeCloseTo(value));
  const objects = [
    object({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: { replicas: 3, template: { spec: { containers: [{ resources: { requests: { cpu: '200m', memory: '256Mi' } } }] } } },
    }),
  ];
  const quota = (hard: object, used: object) => ({ status: { hard, used } }) as ResourceQuota;
  test('what a second color needs', () =>
    expect(needsOf(objects)).toEqual({ pods: 3, requests: { cpu: 0.6000000000000001, memory: 805306368 }, limits: {} }));
  test('enough', () =>
    expect(quotaShortage(quota({ 'requests.cpu': '2', pods: '10' }, { 'requests.cpu': '1', pods: '3' }), needsOf(objects))).toEqual([]));
  test('not enough', () =>
    expect(quotaShortage(quota({ cpu: '1', pods: '5' }, { cpu: '600m', pods: '3' }), needsOf(objects))).toEqual([
      'cpu: 1 allowed, 600m used, 0.6 more needed',
      'pods: 5 allowed, 3 used, 3 more needed',
    ]));
});

test.each([
  ['v1', 'v1', true],
  ['1234567', '1234567890abcdef1234567890abcdef12345678', true],
  ['123456', '1234567890abcdef1234567890abcdef12345678', false],
  ['v1', 'v10', false],
  ['missing (status 502)', 'v1', false],
])('a header of %s for version %s: %s', (seen, version, expected) => expect(sameVersion(seen, version)).toBe(expected));

describe('restarts during the bake', () => {
  const view = (restartCount: number, reason = 'Error') => {
    const seen = new View();
    const containerStatuses = [{ name: 'web', restartCount, lastState: restartCount > 0 ? { terminated: { exitCode: 137, reason } } : {} }];
    seen.take({ type: 'ADDED', object: object({ kind: 'Pod', metadata: { name: 'web-1', uid: 'u' }, status: { containerStatuses } }) });
    return seen;
  };
  test('a restart before the bake does not count, one in it does', () => {
    const first = new Map<string, number>();
    expect(endedContainer(view(1), first)).toBeUndefined();
    expect(endedContainer(view(1), first)).toBeUndefined();
    expect(endedContainer(view(2), first)?.cause.reason).toBe('bake-failed');
    expect(endedContainer(view(2, 'OOMKilled'), first)?.cause.reason).toBe('out-of-memory');
  });
  test('a container that has just ended counts before it is started again', () => {
    const seen = new View();
    const containerStatuses = [{ name: 'web', restartCount: 0, state: { terminated: { exitCode: 1 } } }];
    seen.take({ type: 'ADDED', object: object({ kind: 'Pod', metadata: { name: 'web-1', uid: 'u' }, status: { containerStatuses } }) });
    expect(endedContainer(seen, new Map())?.cause.message).toBe('Container "web" of pod web-1 ended (exit code 1) after the switch');
  });
  test('a pod of a Job ends by itself', () => {
    const seen = new View();
    const containerStatuses = [{ name: 'job', restartCount: 0, state: { terminated: { exitCode: 0 } } }];
    const pod = { kind: 'Pod', metadata: { name: 'job-1', uid: 'u' }, spec: { restartPolicy: 'Never' }, status: { containerStatuses } };
    seen.take({ type: 'ADDED', object: object(pod) });
    expect(endedContainer(seen, new Map())).toBeUndefined();
  });
  test('a Service without a ready pod', () => {
    const seen = new View();
    const pod = (ready: string) =>
      object({
        kind: 'Pod',
        metadata: { name: 'web-1', labels: { app: 'web' } },
        status: { conditions: [{ type: 'Ready', status: ready }] },
      });
    const routes = [{ service: 'web', selector: { app: 'web' } }];
    seen.take({ type: 'ADDED', object: pod('True') });
    expect(serviceWithoutPods(seen, routes)).toBeUndefined();
    seen.take({ type: 'MODIFIED', object: pod('False') });
    expect(serviceWithoutPods(seen, routes)?.cause.message).toBe('No pod behind Service web is ready any more');
  });
});

describe('diff', () => {
  const secret = (password: string) => object({ kind: 'Secret', metadata: { name: 's' }, data: { password } });
  test('values of Secrets never show', () => {
    const [change] = diffObjects([secret('b2xk')], [secret('bmV3')]);
    expect(change?.lines).toEqual(['data.password: changed (value hidden)']);
    expect(JSON.stringify(diffObjects([], [secret('bmV3')]))).not.toContain('bmV3');
  });
  test('containers are compared by name', () => {
    const deployment = (...containers: object[]) => object({ kind: 'Deployment', metadata: { name: 'd' }, spec: { containers } });
    expect(
      diffObjects(
        [deployment({ name: 'a', image: '1' }, { name: 'b', image: '1' })],
        [deployment({ name: 'b', image: '2' }, { name: 'a', image: '1' })],
      ),
    ).toEqual([{ object: 'Deployment/d', change: 'changed', lines: ['spec.containers[b].image: 1 → 2'] }]);
  });
  test('our own notes are no change; what comes and goes is', () => {
    const config = (name: string, hash: string) =>
      object({ kind: 'ConfigMap', metadata: { name, annotations: { 'todo-deploy.dev/part-hash': hash } } });
    expect(
      diffObjects([config('a', '1'), config('gone', '1')], [config('a', '2'), config('new', '1')]).map(
        ({ object: name, change }) => `${change} ${name}`,
      ),
    ).toEqual(['added ConfigMap/new', 'removed ConfigMap/gone']);
  });
});

test('the active color is what all Services select', () => {
  const service = (color: 'blue' | 'green'): LiveService => ({ name: color, selector: {}, color, ports: [], resourceVersion: '1' });
  expect([activeOf([]), activeOf([service('blue'), service('blue')]), activeOf([service('blue'), service('green')])]).toEqual([
    undefined,
    'blue',
    'mixed',
  ]);
});

test('denied calls become rules of a Role', () => {
  const rules = roleRules([
    { verb: 'get', group: 'apps', resource: 'deployments' },
    { verb: 'patch', group: 'apps', resource: 'deployments' },
    { verb: 'get', group: '', resource: 'pods', subresource: 'log' },
  ]);
  expect(rules).toBe(
    '- {apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "patch"]}\n- {apiGroups: [""], resources: ["pods/log"], verbs: ["get"]}',
  );
});
