import { expect, test } from '@jest/globals';
import { isAsleep } from '../../../../src/deploy/kube/asleep.ts';
import type { Workload } from '../../../../src/interfaces/objects.ts';

const workload = (app: string, replicas: number | undefined): Workload =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app },
    spec: { replicas, template: { metadata: { labels: { app, color: 'blue' } } } },
  }) as unknown as Workload;

test.each<[string, Workload[], Record<string, string> | null, boolean]>([
  ['at zero', [workload('a', 0)], { app: 'a', color: 'blue' }, true],
  ['running', [workload('a', 1)], { app: 'a' }, false],
  ['running as one by default', [workload('a', undefined)], { app: 'a' }, false],
  ['one of two at zero', [workload('a', 0), workload('b', 1)], { color: 'blue' }, false],
  ['both at zero', [workload('a', 0), workload('b', 0)], { color: 'blue' }, true],
  ['another one at zero', [workload('a', 0)], { app: 'b' }, false],
  ['no selector', [workload('a', 0)], null, false],
])('nothing is expected behind a selector where its workloads are at zero: %s', (_, workloads, selector, expected) => {
  expect(isAsleep(workloads, selector)).toBe(expected);
});
