import { describe, expect, test } from '@jest/globals';
import { stuckPods } from '../../../../src/deploy/base/stuck-pods.ts';
import { View } from '../../../../src/deploy/kube/watch.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import type { Workload } from '../../../../src/interfaces/objects.ts';

const set = (updateStrategy: object = {}, observedGeneration = 2): Workload => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db', uid: 's', generation: 2 },
  spec: { updateStrategy },
  status: { observedGeneration, updateRevision: 'db-good' },
});
const pod = (revision: string, ready: boolean, more: object = {}) => ({
  kind: 'Pod',
  metadata: {
    name: 'db-0',
    uid: 'p',
    labels: { 'controller-revision-hash': revision },
    ownerReferences: [{ uid: 's', controller: true }],
    ...more,
  },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

describe('a pod that its controller would wait for', () => {
  test.each<[string, Workload, object, boolean]>([
    ['of the version before, not ready', set(), pod('db-bad', false), true],
    ['of the version before, ready: the update comes to it', set(), pod('db-bad', true), false],
    ['of this version: it may become ready', set(), pod('db-good', false), false],
    ['of the version before, going already', set(), pod('db-bad', false, { deletionTimestamp: '2026-01-01T00:00:00Z' }), false],
    ["somebody else's", set(), pod('db-bad', false, { ownerReferences: [{ uid: 'x', controller: true }] }), false],
    ['its controller has not seen the template yet', set({}, 1), pod('db-bad', false), false],
    ['it is deleted by hand alone', set({ type: 'OnDelete' }), pod('db-bad', false), false],
    ['it stays at the version before', set({ rollingUpdate: { partition: 1 } }), pod('db-bad', false), false],
  ])('%s', (_name, workload, object, stuck) => {
    const view = new View();
    view.take({ type: 'ADDED', object: object as KubernetesObject });
    expect(stuckPods(view, workload)).toHaveLength(stuck ? 1 : 0);
  });
});
