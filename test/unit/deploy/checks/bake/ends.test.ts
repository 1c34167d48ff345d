import { describe, expect, test } from '@jest/globals';
import { endedContainer, serviceWithoutPods } from '../../../../src/deploy/checks/bake.ts';
import { View } from '../../../../src/deploy/kube/watch.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';

const object = (value: object): KubernetesObject => value as KubernetesObject;

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
