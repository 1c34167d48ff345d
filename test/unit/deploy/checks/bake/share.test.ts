import { describe, expect, test } from '@jest/globals';
import { ReadyShare } from '../../../../../src/deploy/checks/bake/share.ts';
import { POD } from '../../../../../src/deploy/kube/names.ts';
import { View } from '../../../../../src/deploy/kube/watch.ts';
import type { KubernetesObject } from '../../../../../src/interfaces/kubernetes.ts';

const ROUTE = { service: 'web', selector: { app: 'web' } };
/** Ready, not ready, evicted, gone. */
type Pods = Record<string, 'ready' | 'unready' | 'evicted' | 'gone'>;

/** What is said at the end of moments [second, pods that changed]. */
function watched(moments: readonly [number, Pods][]) {
  const view = new View();
  const share = new ReadyShare([ROUTE]);
  let said: string | undefined;
  for (const [at, pods] of moments) {
    for (const [name, how] of Object.entries(pods)) {
      const status = {
        phase: how === 'evicted' ? 'Failed' : 'Running',
        reason: how === 'evicted' ? 'Evicted' : undefined,
        conditions: [{ type: 'Ready', status: how === 'ready' ? 'True' : 'False' }],
      };
      const object = { kind: 'Pod', metadata: { name, uid: name, labels: { app: 'web' } }, status };
      view.take({ type: how === 'gone' ? 'DELETED' : 'MODIFIED', object: object as unknown as KubernetesObject });
    }
    said ??= share.judge(view.all(POD), at * 1_000)?.cause.message;
  }
  return { said, short: share.short };
}

const many = (count: number, how: Pods[string], from = 0): Pods =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${from + index}`, how]));
const NONE = 'No pod behind Service web is ready any more';
const few = (ready: number, of: number) => `${ready} of ${of} pods behind Service web are ready, for 10 s after the switch: 75 % must be`;

describe('the share of pods that stay ready', () => {
  test.each<[string, string | undefined, [number, Pods][]]>([
    [
      'all of them',
      undefined,
      [
        [0, many(10, 'ready')],
        [60, {}],
      ],
    ],
    [
      '9 of 10 fall',
      few(1, 10),
      [
        [0, many(10, 'ready')],
        [1, many(9, 'unready')],
        [11, {}],
      ],
    ],
    [
      '3 of 10 fall',
      few(7, 10),
      [
        [0, many(10, 'ready')],
        [1, many(3, 'unready')],
        [11, {}],
      ],
    ],
    [
      '2 of 10 fall',
      undefined,
      [
        [0, many(10, 'ready')],
        [1, many(2, 'unready')],
        [60, {}],
      ],
    ],
    [
      '9 of 10 fall for a moment',
      undefined,
      [
        [0, many(10, 'ready')],
        [1, many(9, 'unready')],
        [9, many(9, 'ready')],
        [60, {}],
      ],
    ],
    [
      'all fall',
      NONE,
      [
        [0, many(2, 'ready')],
        [1, many(2, 'unready')],
      ],
    ],
    [
      'one of two is evicted, and its successor takes long',
      undefined,
      [
        [0, many(2, 'ready')],
        [1, { p0: 'evicted', p2: 'unready' }],
        [60, {}],
      ],
    ],
    [
      'the only one is evicted, and its successor is quick',
      undefined,
      [
        [0, { a: 'ready' }],
        [1, { a: 'evicted', b: 'unready' }],
        [5, { b: 'ready' }],
        [60, {}],
      ],
    ],
    [
      'the only one is evicted, and its successor takes long',
      NONE,
      [
        [0, { a: 'ready' }],
        [1, { a: 'evicted', b: 'unready' }],
        [6, {}],
      ],
    ],
    [
      'the only one is deleted',
      NONE,
      [
        [0, { a: 'ready' }],
        [1, { a: 'gone' }],
        [6, {}],
      ],
    ],
    [
      'an autoscaler adds eight',
      undefined,
      [
        [0, many(2, 'ready')],
        [1, many(8, 'unready', 2)],
        [60, {}],
      ],
    ],
    [
      'no replicas are wanted',
      undefined,
      [
        [0, {}],
        [60, {}],
      ],
    ],
  ])('%s', (_, message, moments) => expect(watched(moments).said).toBe(message));

  test('while there are too few, the bake does not end', () => {
    expect(
      watched([
        [0, many(4, 'ready')],
        [1, many(3, 'unready')],
        [5, {}],
      ]),
    ).toEqual({ said: undefined, short: true });
  });
});
