import { describe, expect, test } from '@jest/globals';
import { workloadState } from '../../../../src/deploy/diagnosis/workload-state.ts';
import { View } from '../../../../src/deploy/kube/watch.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { type Kind, SCALED } from '../../../../src/split/kinds/rows.ts';
import type { ScaledKind } from '../../../../src/split/kinds/table.ts';
import { deployment, find, hpa, service, split, titles } from '../helpers.ts';

const COLOR = { 'todo-deploy.dev/color': 'blue' };

/** What a row alone has to make of a kind that counts replicas, whichever it is. */
describe.each(SCALED.map((kind): [string, Kind<ScaledKind>] => [kind.key, kind]))('%s', (_, { ref }) => {
  const workload = { ...deployment('web'), ...ref };
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: { app: 'web' } } },
  };

  test('serves behind its Service, with its autoscaler and its budget', () => {
    const result = split([workload, service('web'), hpa('web', 'web', { scaleTargetRef: { ...ref, name: 'web' } }), budget]);
    expect(result.refusals).toEqual([]);
    expect(titles(result.baseObjects)).toEqual(['Service/web']);
    expect(result.services.map(({ name, workloads }) => [name, workloads])).toEqual([['web', ['web']]]);
    expect(result.workloads).toEqual([
      { kind: ref.kind, name: 'web', coloredName: 'web-blue', replicas: 3, autoscaled: true, worker: false },
    ]);
    const colored = (title: string) => find(result.colorObjects, title);
    expect(colored(`${ref.kind}/web-blue`)).toHaveProperty('spec.selector.matchLabels', { app: 'web', ...COLOR });
    expect(colored(`${ref.kind}/web-blue`)).toMatchObject({ spec: { template: { metadata: { labels: COLOR } } } });
    expect(colored('HorizontalPodAutoscaler/web-blue')).toHaveProperty('spec.scaleTargetRef', { ...ref, name: 'web-blue' });
    expect(colored('PodDisruptionBudget/web-blue')).toHaveProperty('spec.selector.matchLabels', { app: 'web', ...COLOR });
  });

  test('waits at zero without a Service', () => {
    const result = split([workload]);
    expect(result.workloads).toEqual([
      { kind: ref.kind, name: 'web', coloredName: 'web-blue', replicas: 2, autoscaled: false, worker: true },
    ]);
    expect(find(result.colorObjects, `${ref.kind}/web-blue`)).toHaveProperty('spec.replicas', 0);
  });

  test('is refused without a selector, and in place where its pods cannot run twice on a node', () => {
    expect(() => split([{ ...workload, spec: { ...workload.spec, selector: undefined } }])).toThrow(`${ref.kind}/web of the chart has no`);
    const ports = { ports: [{ containerPort: 8000, hostPort: 80 }] };
    expect(split([{ ...deployment('web', { container: ports }), ...ref }]).inPlace).toHaveLength(1);
  });

  test('is ready when all of its pods are new and ready', () => {
    const state = (status: object) => {
      const view = new View();
      const object: KubernetesObject = { ...ref, metadata: { name: 'web-blue', generation: 2 }, spec: { replicas: 2 }, status };
      view.take({ type: 'ADDED', object });
      return workloadState(view, { kind: ref.kind, name: 'web-blue', shared: false });
    };
    const ready = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
    expect(state(ready)).toMatchObject({ workload: `${ref.kind}/web-blue`, ready: true, text: '2/2 ready' });
    expect(state({ ...ready, updatedReplicas: 1 }).ready).toBe(false);
    expect(state({ ...ready, observedGeneration: 1 }).ready).toBe(false);
    expect(state({ ...ready, readyReplicas: 1, availableReplicas: 1 }).ready).toBe(false);
  });
});
