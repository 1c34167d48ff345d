import { describe, expect, test } from '@jest/globals';
import { endedContainer, overItsLimit } from '../../../../../src/deploy/checks/bake/ends.ts';
import { POD } from '../../../../../src/deploy/kube/names.ts';
import { View } from '../../../../../src/deploy/kube/watch.ts';
import type { KubernetesObject } from '../../../../../src/interfaces/kubernetes.ts';

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
    expect(endedContainer(view(1).all(POD), first)).toBeUndefined();
    expect(endedContainer(view(1).all(POD), first)).toBeUndefined();
    expect(endedContainer(view(2).all(POD), first)?.cause.reason).toBe('bake-failed');
    expect(endedContainer(view(2, 'OOMKilled').all(POD), first)?.cause.reason).toBe('out-of-memory');
  });
  test('a container that has just ended counts before it is started again', () => {
    const seen = new View();
    const containerStatuses = [{ name: 'web', restartCount: 0, state: { terminated: { exitCode: 1 } } }];
    seen.take({ type: 'ADDED', object: object({ kind: 'Pod', metadata: { name: 'web-1', uid: 'u' }, status: { containerStatuses } }) });
    expect(endedContainer(seen.all(POD), new Map())?.cause.message).toBe(
      'Container "web" of pod web-1 ended (exit code 1) after the switch',
    );
  });
  test('a pod of a Job ends by itself', () => {
    const seen = new View();
    const containerStatuses = [{ name: 'job', restartCount: 0, state: { terminated: { exitCode: 0 } } }];
    const pod = { kind: 'Pod', metadata: { name: 'job-1', uid: 'u' }, spec: { restartPolicy: 'Never' }, status: { containerStatuses } };
    seen.take({ type: 'ADDED', object: object(pod) });
    expect(endedContainer(seen.all(POD), new Map())).toBeUndefined();
  });
  test.each<[string, object, string | undefined]>([
    ['its node ran out of memory', { reason: 'Evicted', message: 'The node was low on resource: memory.' }, undefined],
    [
      'it filled its own disk',
      { reason: 'Evicted', message: 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi.' },
      'Pod web-1 was evicted after the switch: Pod ephemeral local storage usage exceeds the total limit of containers 1Gi.',
    ],
  ])('evicted, since %s', (_, status, message) => {
    const seen = new View();
    const containerStatuses = [{ name: 'web', restartCount: 0, state: { terminated: { exitCode: 137 } } }];
    const pod = { kind: 'Pod', metadata: { name: 'web-1', uid: 'u' }, status: { phase: 'Failed', containerStatuses, ...status } };
    seen.take({ type: 'ADDED', object: object(pod) });
    expect(endedContainer(seen.all(POD), new Map())).toBeUndefined();
    expect(overItsLimit(seen.all(POD))?.cause.message).toBe(message);
  });
  test('a node that restarts takes its containers with it', () => {
    const seen = new View();
    const containerStatuses = [{ name: 'web', restartCount: 0, state: { terminated: { exitCode: 255, reason: 'Unknown' } } }];
    seen.take({ type: 'ADDED', object: object({ kind: 'Pod', metadata: { name: 'web-1', uid: 'u' }, status: { containerStatuses } }) });
    expect(endedContainer(seen.all(POD), new Map())).toBeUndefined();
  });
});
