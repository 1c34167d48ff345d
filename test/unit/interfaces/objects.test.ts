import { describe, expect, test } from '@jest/globals';
import { JOB, POD, SERVICE } from '../../../src/deploy/kube/names.ts';
import { View } from '../../../src/deploy/kube/watch.ts';
import { isA, type Kubernetes, type KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { kindNamed } from '../../../src/split/kinds/rows.ts';

const service: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' } },
};

// The compiler is what is tested: each directive is an error where the line below it compiles.
test("a misspelt field of what a constant's kind holds does not compile", () => {
  const misspelt = async (kubernetes: Kubernetes, view: View) => {
    const pod = await kubernetes.get({ ...POD, name: 'web' });
    const { items } = await kubernetes.list(kindNamed('Deployment').ref);
    return [
      // @ts-expect-error A pod's status has a phase.
      pod?.status?.phaze,
      // @ts-expect-error A workload's spec has replicas.
      items[0]?.spec?.replica,
      // @ts-expect-error A Service's spec has a selector.
      view.all(SERVICE)[0]?.spec?.selectors,
    ];
  };
  expect(misspelt).toBeInstanceOf(Function);
});

// What is unknown has no field at all: without the constants' types this does not compile.
test('what it holds is known by its published type', () => {
  const known = async (kubernetes: Kubernetes, view: View): Promise<(string | number | undefined)[]> => {
    const pod = await kubernetes.get({ ...POD, name: 'web' });
    const { items } = await kubernetes.list(kindNamed('Deployment').ref);
    for await (const { object } of kubernetes.watch(JOB, { signal: AbortSignal.timeout(1) })) {
      return [pod?.status?.phase, items[0]?.spec?.replicas, object.status?.succeeded];
    }
    return [view.get(SERVICE, 'web')?.spec?.clusterIP, ...view.all(SERVICE).map(({ spec }) => spec?.ports?.[0]?.port)];
  };
  expect(known).toBeInstanceOf(Function);
});

describe('isA', () => {
  test('goes by kind and group, not by the version of the API', () => {
    expect(isA(service, SERVICE)).toBe(true);
    expect(isA({ ...service, apiVersion: 'serving.knative.dev/v1' }, SERVICE)).toBe(false);
    expect(isA({ ...service, apiVersion: 'batch/v1beta1', kind: 'Job' }, JOB)).toBe(true);
    expect(isA(service, JOB)).toBe(false);
  });

  test("gives an object its kind's fields", () => {
    expect(isA(service, SERVICE) && service.spec?.selector).toEqual({ app: 'web' });
    // @ts-expect-error A Service's spec has a selector.
    expect(isA(service, SERVICE) && service.spec?.selektor).toBeUndefined();
  });
});

test('a view gives what it has seen, by kind', () => {
  const view = new View();
  view.take({ type: 'ADDED', object: service });
  expect(view.get(SERVICE, 'web')?.spec?.selector).toEqual({ app: 'web' });
  expect(view.all(POD)).toEqual([]);
});
