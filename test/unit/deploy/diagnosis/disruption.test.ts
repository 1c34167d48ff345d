import { expect, test } from '@jest/globals';
import { evictionCause, neverTaken, nodeLostCause, repeatedEviction } from '../../../../src/deploy/diagnosis/disruption.ts';
import type { Pod } from '../../../../src/interfaces/objects.ts';

const pod = (status: object): Pod =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-1' }, spec: { nodeName: 'node2', containers: [] }, status }) as unknown as Pod;
const is = (type: string, status: string) => ({ type, status });
const pressure = pod({ phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' });
const greedy = pod({
  phase: 'Failed',
  reason: 'Evicted',
  message: 'Pod ephemeral local storage usage exceeds the total limit of containers 4Mi.',
});

test('a node that was full takes a pod away: a retry, told at the limit', () => {
  expect(evictionCause(pressure)).toMatchObject({
    reason: 'evicted',
    graceMs: Number.POSITIVE_INFINITY,
    message: expect.stringContaining('low on resource'),
  });
  expect(repeatedEviction([pressure, pressure], 'Deployment/web')).toBeUndefined();
});

test('a pod that is evicted for what it does itself, again', () => {
  expect(repeatedEviction([greedy], 'Deployment/web')).toBeUndefined();
  expect(repeatedEviction([greedy, greedy], 'Deployment/web')?.cause).toMatchObject({ reason: 'evicted', graceMs: 0 });
});

test('a node that does not answer: by what the kubelet said last, and by what it never said', () => {
  const lost = pod({ conditions: [is('Ready', 'False'), is('ContainersReady', 'True')] });
  expect(nodeLostCause(lost)).toMatchObject({ reason: 'node-lost', message: 'The node node2 of pod web-1 does not answer any more' });
  expect(nodeLostCause(pod({ conditions: [is('Ready', 'False'), is('ContainersReady', 'False')] }))).toBeUndefined();
  expect(neverTaken(pod({ conditions: [is('PodScheduled', 'True')] }))?.reason).toBe('node-lost');
  expect(neverTaken(pod({ conditions: [is('PodScheduled', 'True'), is('Initialized', 'True')] }))).toBeUndefined();
});
