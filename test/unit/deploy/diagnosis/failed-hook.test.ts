import { expect, test } from '@jest/globals';
import type { ContainerStatus } from '../../../../src/deploy/diagnosis/causes/container.ts';
import { whyOf } from '../../../../src/deploy/diagnosis/failed-hook.ts';
import type { Pod } from '../../../../src/interfaces/objects.ts';

const status = (state: ContainerStatus['state'], name = 'migrate') =>
  ({ name, image: 'i', ready: false, restartCount: 0, state }) as ContainerStatus;
const pod = (extra: object = {}) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'm-1' }, status: extra }) as Pod;

test.each<[string, Pod, ContainerStatus[], string, string | undefined]>([
  [
    'its last log line',
    pod(),
    [status({ terminated: { exitCode: 3, reason: 'Error' } })],
    'no such table',
    'pod m-1, container "migrate", ended with exit code 3: no such table',
  ],
  [
    'its termination message, which it wrote for this',
    pod(),
    [status({ terminated: { exitCode: 3, message: 'no such column\nmore' } })],
    'bye',
    'pod m-1, container "migrate", ended with exit code 3: no such column',
  ],
  [
    'memory',
    pod(),
    [status({ terminated: { exitCode: 137, reason: 'OOMKilled' } })],
    '',
    'pod m-1, container "migrate", ran out of memory',
  ],
  [
    'the container that failed, not the one that waits for it',
    pod(),
    [status({ terminated: { exitCode: 1 } }, 'init'), status({ waiting: { reason: 'PodInitializing' } })],
    'no host',
    'pod m-1, container "init", ended with exit code 1: no host',
  ],
  [
    'an image that is not there',
    pod(),
    [status({ waiting: { reason: 'ErrImagePull', message: 'r/x:1: not found' } })],
    '',
    'pod m-1, container "migrate", waits (ErrImagePull): r/x:1: not found',
  ],
  ['still at work', pod(), [status({ running: {} })], '', 'pod m-1, container "migrate", was still running at the time limit'],
  [
    'no node',
    pod({ conditions: [{ type: 'PodScheduled', status: 'False', message: '0/2 nodes are available' }] }),
    [],
    '',
    'pod m-1 found no node: 0/2 nodes are available',
  ],
  ['evicted', pod({ reason: 'Evicted', message: 'low on memory' }), [], '', 'pod m-1 failed (Evicted): low on memory'],
  ['nothing known', pod(), [], '', undefined],
])('why a hook failed: %s', (_, of, statuses, line, expected) => expect(whyOf(of, statuses, line)).toBe(expected));

test('a long last line is cut', () =>
  expect(whyOf(pod(), [status({ terminated: { exitCode: 1 } })], 'x'.repeat(999))?.length).toBeLessThan(400));
