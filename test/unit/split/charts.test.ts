import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { SplitInput } from '../../../src/split/model.ts';
import { matchesLabels } from '../../../src/split/sort/selectors.ts';
import { find, split, titles } from './helpers.ts';

/** Renders by Helm 4.3 (`helm install todo CHART --dry-run=client -o json`) of charts in test/charts. */
function render(name: string): Pick<SplitInput, 'chart' | 'manifest' | 'hooks'> {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
}

describe('what Helm renders', () => {
  test("helm create's chart: its test pod has the Service's labels, and no color Service selects it", () => {
    const { manifest, ...rest } = render('helm-create');
    const result = split(manifest, { ...rest, firstDeploy: true, colorServiceIPs: { 'todo-web': '10.96.0.9' } });
    expect(result.refusals).toEqual([]);
    expect(result.warnings).toEqual([]);
    expect(titles(result.baseObjects)).toEqual(['ServiceAccount/todo-web', 'Service/todo-web']);
    expect(titles(result.colorObjects)).toEqual([
      'ConfigMap/todo-services-blue',
      'Deployment/todo-web-blue',
      'Pod/todo-web-test-connection-blue',
    ]);
    const pod = find(result.colorObjects, 'Pod/todo-web-test-connection-blue');
    const [stable] = result.services;
    expect(matchesLabels(stable?.selector, pod.metadata.labels ?? {})).toBe(true);
    expect(
      matchesLabels(
        find(result.colorServices, 'Service/todo-web-blue').spec.selector,
        find(result.colorObjects, 'Deployment/todo-web-blue').spec.template.metadata.labels,
      ),
    ).toBe(true);
    expect(pod.spec.hostAliases[0].hostnames).toContain('todo-web.todo.svc');
  });

  test('fixed names, a worker, a CronJob, a generated Secret, an HPA, PDBs', () => {
    const { manifest, ...rest } = render('pair');
    const result = split(manifest, { ...rest, color: 'green', images: [{ repository: 'pair', digest: 'sha256:abc' }] });
    expect(result.refusals).toEqual([]);
    expect(titles(result.baseObjects)).toEqual([
      'Secret/pair-session',
      'ConfigMap/pair-config',
      'Service/pair-frontend',
      'Service/pair-backend',
      'Ingress/pair',
    ]);
    expect(titles(result.colorObjects)).toEqual([
      'Secret/pair-session-green',
      'ConfigMap/pair-config-green',
      'PodDisruptionBudget/pair-frontend-green',
      'PodDisruptionBudget/pair-backend-green',
      'Deployment/pair-frontend-green',
      'Deployment/pair-backend-green',
      'Deployment/pair-worker-green',
      'HorizontalPodAutoscaler/pair-backend-green',
      'CronJob/pair-cleanup-green',
      'Pod/pair-test-green',
    ]);
    expect(result.workloads.map((one) => [one.name, one.worker, one.autoscaled])).toEqual([
      ['pair-frontend', false, false],
      ['pair-backend', false, true],
      ['pair-worker', true, false],
      ['pair-cleanup', true, false],
    ]);
    expect(new Set(result.images.map((one) => one.image))).toEqual(new Set(['pair@sha256:abc']));
    expect(result.url).toBe('http://pair.example.com');
  });
});
