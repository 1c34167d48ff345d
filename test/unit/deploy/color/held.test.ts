import { describe, expect, test } from '@jest/globals';
import { holding, releasing } from '../../../../src/deploy/color/held.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { rowOf } from '../../../../src/split/kinds/rows.ts';

type Annotations = Record<string, string | null>;
interface Patch {
  metadata: { annotations: Annotations };
  spec: Record<string, unknown>;
}

const HPA = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' };
const SCALED_OBJECT = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' };
const object = (kind: object, spec: object, annotations: Annotations = {}): KubernetesObject =>
  ({ ...kind, metadata: { name: 'web-blue', annotations }, spec }) as unknown as KubernetesObject;

const kindOf = (one: KubernetesObject) => {
  const kind = rowOf(one);
  if (!kind) throw new Error('an unknown kind');
  return kind;
};
const hold = (one: KubernetesObject, wanted: number) => holding(one, kindOf(one), wanted) as Patch | undefined;
const release = (one: KubernetesObject) => releasing(one, kindOf(one)) as Patch | undefined;

/** The object after a merge patch. */
function patched(one: KubernetesObject, patch: Patch | undefined): KubernetesObject {
  const merge = (into: object | undefined, values: object | undefined) =>
    Object.fromEntries(Object.entries({ ...into, ...values }).filter(([, value]) => value !== null));
  return {
    ...one,
    metadata: { ...one.metadata, annotations: merge(one.metadata.annotations, patch?.metadata.annotations) as Record<string, string> },
    spec: merge(one.spec as object, patch?.spec),
  };
}

describe('a minimum is held and given back', () => {
  test.each([
    ['an HPA', HPA, { minReplicas: 2, maxReplicas: 20 }, { minReplicas: 10, maxReplicas: 20 }],
    ['an HPA with less room', HPA, { minReplicas: 2, maxReplicas: 6 }, { minReplicas: 6, maxReplicas: 6 }],
    ['KEDA from zero', SCALED_OBJECT, { minReplicaCount: 0 }, { minReplicaCount: 10 }],
    ['KEDA, its minimum left out', SCALED_OBJECT, {}, { minReplicaCount: 10 }],
    ['KEDA with an idle count', SCALED_OBJECT, { minReplicaCount: 3, idleReplicaCount: 0 }, { minReplicaCount: 10 }],
    ['KEDA that idles below a high minimum', SCALED_OBJECT, { minReplicaCount: 12, idleReplicaCount: 0 }, { minReplicaCount: 12 }],
  ])('%s', (_, kind, spec, held) => {
    const before = object(kind, spec);
    const during = patched(before, hold(before, 10));
    expect(during.spec).toEqual(held);
    expect(hold(during, 10)).toBeUndefined();
    expect(patched(during, release(during))).toEqual(before);
  });

  test('held twice, and higher: what was before is remembered', () => {
    const before = object(HPA, { minReplicas: 2, maxReplicas: 20 });
    const once = patched(before, hold(before, 5));
    const twice = patched(once, hold(once, 9));
    expect(twice.spec).toMatchObject({ minReplicas: 9 });
    expect(patched(twice, release(twice))).toEqual(before);
  });

  test('applied again in between, with another minimum: that one is given back', () => {
    const before = object(HPA, { minReplicas: 2, maxReplicas: 20 });
    const applied = patched(patched(before, hold(before, 5)), { metadata: { annotations: {} }, spec: { minReplicas: 3 } });
    const again = patched(applied, hold(applied, 5));
    expect(again.spec).toMatchObject({ minReplicas: 5 });
    expect(patched(again, release(again)).spec).toMatchObject({ minReplicas: 3 });
  });

  test('changed by a person meanwhile: it stays, our notes go', () => {
    const before = object(HPA, { minReplicas: 2, maxReplicas: 20 });
    const changed = patched(patched(before, hold(before, 5)), { metadata: { annotations: {} }, spec: { minReplicas: 7 } });
    const after = patched(changed, release(changed));
    expect(after.spec).toMatchObject({ minReplicas: 7 });
    expect(after.metadata.annotations).toEqual({});
  });

  test('as older versions of this product held it', () => {
    const held = object(HPA, { minReplicas: 5, maxReplicas: 20 }, { 'todo-deploy.dev/min-replicas': '2' });
    expect(patched(held, release(held))).toEqual(object(HPA, { minReplicas: 2, maxReplicas: 20 }));
  });

  test('enough already, or not held: nothing to do', () => {
    const enough = object(HPA, { minReplicas: 12, maxReplicas: 20 });
    expect([hold(enough, 10), release(enough)]).toEqual([undefined, undefined]);
  });
});
