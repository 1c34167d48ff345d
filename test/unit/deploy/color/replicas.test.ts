import { describe, expect, test } from '@jest/globals';
import { withReplicas } from '../../../../src/deploy/color/replicas.ts';

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
