import { describe, expect, test } from '@jest/globals';
import { StuckPods } from '../../../../src/deploy/kube/stuck.ts';
import type { Pod } from '../../../../src/interfaces/objects.ts';

const pod = (reason: string | undefined, uid = '1', message?: string): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'backup-x', uid },
    status: {
      containerStatuses: [{ name: 'backup', image: 'r.example.com/backup:1', state: reason ? { waiting: { reason, message } } : {} }],
    },
  }) as unknown as Pod;

describe('a pod that does not start', () => {
  test.each(['ErrImagePull', 'ImagePullBackOff', 'CreateContainerError'])('%s: counts when it has lasted', (reason) => {
    const stuck = new StuckPods();
    expect([0, 16_000, 29_999].map((now) => stuck.find([pod(reason)], now))).toEqual([undefined, undefined, undefined]);
    expect(stuck.find([pod(reason, '1', 'not found')], 30_000)).toEqual({
      pod: 'backup-x',
      container: 'backup',
      image: 'r.example.com/backup:1',
      reason,
      message: 'not found',
    });
  });

  test('one that has started meanwhile, or was made anew, begins again', () => {
    const stuck = new StuckPods();
    const at = (now: number, of: Pod) => stuck.find([of], now) !== undefined;
    expect([at(0, pod('ErrImagePull')), at(20_000, pod(undefined)), at(31_000, pod('ErrImagePull'))]).toEqual([false, false, false]);
    expect([at(40_000, pod('ErrImagePull', '2')), at(61_000, pod('ErrImagePull'))]).toEqual([false, true]);
  });

  test.each(['InvalidImageName', 'ErrImageNeverPull'])('%s: no further try changes it', (reason) =>
    expect(new StuckPods().find([pod(reason)], 0)).toMatchObject({ reason, message: reason }),
  );

  test.each(['ContainerCreating', 'PodInitializing', undefined])('%s: it may come', (reason) =>
    expect(new StuckPods().find([pod(reason)], 99_000)).toBeUndefined(),
  );
});
