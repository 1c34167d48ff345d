import { describe, expect, test } from '@jest/globals';
import { needsOf, quotaShortage } from '../../../../src/deploy/preflight/quota.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import type { ResourceQuota } from '../../../../src/interfaces/objects.ts';

const object = (value: object): KubernetesObject => value as KubernetesObject;

describe('quota', () => {
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
