import { describe, expect, test } from '@jest/globals';
import { countFor, withReplicas } from '../../../../src/deploy/color/replicas.ts';

describe('replicas', () => {
  const part = (spec: object) => ({
    chart: { name: 'web', version: '1.0.0' },
    templates: {
      'a.json': JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web-blue' }, spec }),
      'b.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"web-blue"}}',
    },
  });
  const replicasOf = (spec: object) =>
    JSON.parse(withReplicas(part(spec), new Map([['web-blue', 5]])).templates['a.json'] ?? '').spec.replicas;
  test('the live count replaces the chart’s', () => expect(replicasOf({ replicas: 2 })).toBe(5));
  test('what an autoscaler owns stays out', () => expect(replicasOf({})).toBeUndefined());
});

test.each([
  ['an autoscaler: what serves', { autoscaled: true, replicas: 3 }, { serving: 10, asked: 2 }, 10],
  ['an autoscaler: its new minimum', { autoscaled: true, replicas: 5 }, { serving: 2, asked: 2 }, 5],
  ['an autoscaler: not more than its maximum', { autoscaled: true, replicas: 3 }, { serving: 10, asked: 2, most: 6 }, 6],
  ['an autoscaler from zero: one, to be proved', { autoscaled: true, replicas: 0 }, {}, 1],
  ['the chart’s count, as before: what serves', { autoscaled: false, replicas: 2 }, { serving: 4, asked: 2 }, 4],
  ['the chart’s count, another one', { autoscaled: false, replicas: 3 }, { serving: 4, asked: 2 }, 3],
  ['nobody knows what was asked: what serves', { autoscaled: false, replicas: 3 }, { serving: 4 }, 4],
  ['switched off by the chart', { autoscaled: false, replicas: 0 }, { serving: 0, asked: 0 }, 0],
  ['switched off by the chart now', { autoscaled: false, replicas: 0 }, { serving: 2, asked: 2 }, 0],
  ['scaled to zero by hand', { autoscaled: false, replicas: 2 }, { serving: 0, asked: 2 }, 2],
])('how many come up: %s', (_, workload, now, expected) => expect(countFor(workload, now)).toBe(expected));
