import { describe, expect, test } from '@jest/globals';
import { amountText, podRequests } from '../../../../src/deploy/kube/quantity.ts';
import { largerThanAny, roomsOf, shortageOf, type Wanted } from '../../../../src/deploy/preflight/capacity.ts';
import type { Node, Pod } from '../../../../src/interfaces/objects.ts';
import { quantity } from '../../../../src/split/kinds/quantity.ts';

const GI = 2 ** 30;
const node = (name: string, allocatable: object, more: { spec?: object; ready?: string } = {}): Node =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: more.spec ?? {},
    status: { allocatable, conditions: [{ type: 'Ready', status: more.ready ?? 'True' }] },
  }) as Node;
const small = { cpu: '2', memory: '4Gi', pods: '10' };
const pod = (nodeName: string, cpu: string, memory: string): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'other' },
    spec: { nodeName, containers: [{ name: 'app', resources: { requests: { cpu, memory } } }] },
  }) as Pod;
const wanted = (pods: number, cpu: number, gi: number, more: Partial<Wanted> = {}): Wanted => ({
  workload: 'Deployment/api-green',
  pods,
  requests: { cpu, memory: gi * GI, pods: 1 },
  selectsNodes: false,
  ...more,
});

describe('what a pod asks for', () => {
  const container = (cpu: string, more: object = {}) => ({ resources: { requests: { cpu } }, ...more });
  test.each<[string, object, object]>([
    ['containers together', { containers: [container('100m'), container('200m')] }, { cpu: 0.3, pods: 1 }],
    ['a large init container alone', { containers: [container('100m')], initContainers: [container('500m')] }, { cpu: 0.5, pods: 1 }],
    [
      'a sidecar beside all',
      { containers: [container('100m')], initContainers: [container('50m', { restartPolicy: 'Always' }), container('90m')] },
      { cpu: 0.15, pods: 1 },
    ],
    ['a limit without a request', { containers: [{ resources: { limits: { cpu: '1' } } }] }, { cpu: 1, pods: 1 }],
    ['the whole pod', { containers: [container('100m')], resources: { requests: { cpu: '700m' } } }, { cpu: 0.7, pods: 1 }],
    ['overhead', { containers: [container('100m')], overhead: { cpu: '10m' } }, { cpu: 0.11, pods: 1 }],
    ['nothing', { containers: [{}] }, { pods: 1 }],
  ])('%s', (_, spec, expected) => {
    const got = podRequests(spec as Pod['spec']);
    expect(Object.keys(got).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, amount] of Object.entries(expected)) expect(got[name]).toBeCloseTo(amount as number);
  });

  test.each<[string, number]>([
    ['1e3', 1000],
    ['4026532Ki', 4026532 * 1024],
    ['100u', 1e-4],
    ['5E', 5e18],
    ['2Ei', 2 ** 61],
    ['none', 0],
  ])('%s is %s', (text, amount) => expect(quantity(text)).toBeCloseTo(amount));

  test.each<[string, number, string]>([
    ['cpu', 0.25, '250m'],
    ['cpu', 12.5, '12.5'],
    ['memory', 1.5 * GI, '1.5Gi'],
    ['memory', GI / 2, '512Mi'],
    ['nvidia.com/gpu', 1, '1'],
  ])('%s %s is %s', (resource, amount, text) => expect(amountText(resource, amount)).toBe(text));
});

describe('room on the nodes', () => {
  test('what runs takes its part; nodes that take no pods do not count', () => {
    const nodes = [
      node('a', small),
      node('drained', small, { spec: { unschedulable: true } }),
      node('tainted', small, { spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] } }),
      node('gone', small, { ready: 'Unknown' }),
      node('preferred', small, { spec: { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] } }),
    ];
    const rooms = roomsOf(nodes, [pod('a', '500m', '1Gi'), pod('drained', '1', '1Gi')]);
    expect(rooms.map((room) => room.node)).toEqual(['a', 'preferred']);
    expect(rooms[0]?.free).toEqual({ cpu: 1.5, memory: 3 * GI, pods: 9 });
    expect(rooms[1]?.free).toEqual({ cpu: 2, memory: 4 * GI, pods: 10 });
  });

  const rooms = roomsOf([node('a', small), node('b', small)], [pod('a', '1500m', '1Gi'), pod('b', '500m', '3Gi')]);

  test('all find a place', () => expect(shortageOf([wanted(2, 0.5, 1)], rooms)).toBeUndefined());
  test('enough in sum, but on no single node', () =>
    expect(shortageOf([wanted(1, 1, 2)], rooms)).toBe(
      '1 of 1 pods of Deployment/api-green (1000m cpu, 2Gi memory each) find no room: the best node lacks 500m of cpu',
    ));
  test('some of them: how many, which resource, by how much', () =>
    expect(shortageOf([wanted(4, 0.4, 1)], rooms)).toBe(
      '2 of 4 pods of Deployment/api-green (400m cpu, 1Gi memory each) find no room: the best node lacks 300m of cpu',
    ));
  test('the large ones are placed first', () =>
    expect(shortageOf([wanted(3, 0.4, 0.1), wanted(1, 1.4, 0.5, { workload: 'Deployment/big' })], rooms)).toMatch(
      /^2 of 3 pods of Deployment\/api-green/,
    ));
  test('a resource that no node has', () =>
    expect(shortageOf([wanted(1, 0.1, 0.1, { requests: { 'nvidia.com/gpu': 1, pods: 1 } })], rooms)).toContain(
      'lacks 1 of nvidia.com/gpu',
    ));
  test('as many pods as a node may run', () => {
    const full = roomsOf([node('a', { cpu: '2', memory: '4Gi', pods: '1' })], [pod('a', '1m', '1Mi')]);
    expect(shortageOf([wanted(1, 0.1, 0.1)], full)).toContain('every node already runs its maximum of pods');
  });
  test('no node at all', () => expect(shortageOf([wanted(1, 0.1, 0.1)], [])).toContain('there is no node that takes pods'));
});

describe('larger than any node', () => {
  const rooms = roomsOf([node('a', small), node('b', { cpu: '4', memory: '8Gi', pods: '10' })], [pod('b', '4', '8Gi')]);
  test('an empty node would do: no refusal', () => expect(largerThanAny([wanted(1, 4, 8)], rooms)).toBeUndefined());
  test('none would', () =>
    expect(largerThanAny([wanted(1, 1, 16)], rooms)).toBe(
      'A pod of Deployment/api-green asks for 16Gi of memory, and the largest node has 8Gi: no node can ever take it',
    ));
  test('pods that choose their nodes may have a pool of their own, now at zero', () =>
    expect(largerThanAny([wanted(1, 64, 1, { selectsNodes: true })], rooms)).toBeUndefined());
  test('no node to be seen says nothing', () => expect(largerThanAny([wanted(1, 64, 1)], [])).toBeUndefined());
});
