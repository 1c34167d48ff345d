import { describe, expect, test } from '@jest/globals';
import { config, cronJob, deployment, find, hpa, secret, service, split, statefulSet, titles } from '../helpers.ts';

describe('a workload in its color', () => {
  const rendered = deployment(
    'web',
    { labels: { app: 'web', tier: 'front' }, annotations: { 'checksum/config': 'abc' } },
    { metadata: { labels: { app: 'web' }, annotations: { note: 'x', 'helm.sh/resource-policy': 'keep' } } },
  );
  const result = split([rendered, service('web')], { color: 'green' });
  const green = find(result.colorObjects, 'Deployment/web-green');

  test('has name, labels and selector of the color, and all that it had', () => {
    expect(green.metadata).toEqual({
      name: 'web-green',
      labels: { app: 'web', 'todo-deploy.dev/app': 'todo', 'todo-deploy.dev/color': 'green' },
      annotations: { note: 'x', 'todo-deploy.dev/version': 'abc1234' },
    });
    expect(green.spec.selector).toEqual({ matchLabels: { app: 'web', tier: 'front', 'todo-deploy.dev/color': 'green' } });
    expect(green.spec.template).toEqual({
      metadata: {
        labels: { app: 'web', tier: 'front', 'todo-deploy.dev/app': 'todo', 'todo-deploy.dev/color': 'green' },
        annotations: { 'checksum/config': 'abc', 'todo-deploy.dev/part-hash': result.partHash, 'todo-deploy.dev/version': 'abc1234' },
      },
      spec: rendered.spec.template && (rendered.spec.template as { spec: object }).spec,
    });
  });

  test("a CronJob's pods are the color's, too", () => {
    const cron = find(split([cronJob('nightly')]).colorObjects, 'CronJob/nightly-blue');
    expect(cron.spec.jobTemplate.spec.template.metadata.labels).toEqual({
      app: 'nightly',
      'todo-deploy.dev/app': 'todo',
      'todo-deploy.dev/color': 'blue',
    });
  });

  test('autoscalers follow their target, budgets select only the color', () => {
    const budget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    };
    const keda = {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: { name: 'web' },
      spec: { scaleTargetRef: { name: 'web' }, advanced: { horizontalPodAutoscalerConfig: { name: 'web-hpa' } } },
    };
    const { colorObjects } = split([deployment('web'), hpa('web', 'web'), budget, keda]);
    expect(find(colorObjects, 'HorizontalPodAutoscaler/web-blue').spec.scaleTargetRef.name).toBe('web-blue');
    expect(find(colorObjects, 'PodDisruptionBudget/web-blue').spec).toEqual({
      minAvailable: 1,
      selector: { matchLabels: { app: 'web', 'todo-deploy.dev/color': 'blue' } },
    });
    expect(find(colorObjects, 'ScaledObject/web-blue').spec).toEqual({
      scaleTargetRef: { name: 'web-blue' },
      advanced: { horizontalPodAutoscalerConfig: { name: 'web-hpa-blue' } },
    });
  });
});

describe('references', () => {
  const everywhere = {
    container: {
      env: [
        { name: 'A', valueFrom: { configMapKeyRef: { name: 'c', key: 'KEY' } } },
        { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'password' } } },
        { name: 'TEXT', value: 'c s' },
      ],
      envFrom: [{ configMapRef: { name: 'c' } }, { prefix: 'P_', secretRef: { name: 's' } }],
    },
    spec: {
      initContainers: [{ name: 'init', image: 'busybox', args: ['c'], envFrom: [{ secretRef: { name: 's' } }] }],
      imagePullSecrets: [{ name: 's' }, { name: 'outside' }],
      volumes: [
        { name: '1', configMap: { name: 'c' } },
        { name: '2', secret: { secretName: 's' } },
        { name: '3', projected: { sources: [{ configMap: { name: 'c' } }, { secret: { name: 's' } }, { secret: { name: 'outside' } }] } },
        { name: '4', configMap: { name: 'outside' } },
      ],
    },
  };

  test('to copies are followed, in the closed list of places and nowhere else', () => {
    const { colorObjects } = split([deployment('web', everywhere), config('c'), secret('s')]);
    const { spec } = find(colorObjects, 'Deployment/web-blue').spec.template;
    expect(spec.containers[0].env).toEqual([
      { name: 'A', valueFrom: { configMapKeyRef: { name: 'c-blue', key: 'KEY' } } },
      { name: 'B', valueFrom: { secretKeyRef: { name: 's-blue', key: 'password' } } },
      { name: 'TEXT', value: 'c s' },
    ]);
    expect(spec.containers[0].envFrom).toEqual([{ configMapRef: { name: 'c-blue' } }, { prefix: 'P_', secretRef: { name: 's-blue' } }]);
    expect(spec.initContainers[0]).toEqual({ name: 'init', image: 'busybox', args: ['c'], envFrom: [{ secretRef: { name: 's-blue' } }] });
    expect(spec.imagePullSecrets).toEqual([{ name: 's-blue' }, { name: 'outside' }]);
    expect(spec.volumes).toEqual([
      { name: '1', configMap: { name: 'c-blue' } },
      { name: '2', secret: { secretName: 's-blue' } },
      {
        name: '3',
        projected: { sources: [{ configMap: { name: 'c-blue' } }, { secret: { name: 's-blue' } }, { secret: { name: 'outside' } }] },
      },
      { name: '4', configMap: { name: 'outside' } },
    ]);
  });

  test('of shared workloads stay with the originals', () => {
    const database = statefulSet('db', everywhere);
    const { baseObjects } = split([deployment('web', everywhere), database, config('c'), secret('s')]);
    expect(find(baseObjects, 'StatefulSet/db')).toEqual(database);
  });

  test("a ConfigMap's name does not follow a Secret's", () => {
    const user = deployment('web', { container: { envFrom: [{ configMapRef: { name: 'x' } }, { secretRef: { name: 'y' } }] } });
    const { colorObjects } = split([user, config('x'), config('y'), secret('x')]);
    expect(titles(colorObjects)).toEqual(['ConfigMap/x-blue', 'Deployment/web-blue']);
    expect(find(colorObjects, 'Deployment/web-blue').spec.template.spec.containers[0].envFrom[1]).toEqual({ secretRef: { name: 'y' } });
  });
});

describe('placement', () => {
  const term = (selector: object | undefined, extra: object = {}) => ({
    topologyKey: 'kubernetes.io/hostname',
    labelSelector: selector,
    ...extra,
  });
  const painted = (terms: object) => {
    const { colorObjects } = split([
      deployment('web', { labels: { app: 'web', release: 'todo' }, spec: terms }),
      statefulSet('db', { labels: { app: 'db', release: 'todo' } }),
    ]);
    return find(colorObjects, 'Deployment/web-blue').spec.template.spec;
  };
  const web = { matchLabels: { app: 'web' } };
  const blueWeb = { matchLabels: { app: 'web', 'todo-deploy.dev/color': 'blue' } };

  test.each([
    ['own pods', web, {}, blueWeb],
    [
      'own pods by expression',
      { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'x'] }] },
      {},
      { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'x'] }], matchLabels: { 'todo-deploy.dev/color': 'blue' } },
    ],
    ['the database', { matchLabels: { app: 'db' } }, {}, { matchLabels: { app: 'db' } }],
    [
      'own pods and the database',
      { matchLabels: { release: 'todo' } },
      {},
      { matchLabels: { release: 'todo' }, matchExpressions: [{ key: 'todo-deploy.dev/color', operator: 'NotIn', values: ['green'] }] },
    ],
    ['own labels in another namespace', web, { namespaces: ['elsewhere'] }, web],
    ['nothing', undefined, {}, undefined],
  ])('a term that means %s', (_name, selector, extra, expected) => {
    const one = term(selector, extra);
    const spec = painted({
      affinity: {
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [one] },
        podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: one }] },
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } },
      },
    });
    expect(spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution).toEqual([term(expected, extra)]);
    expect(spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution).toEqual([
      { weight: 1, podAffinityTerm: term(expected, extra) },
    ]);
  });

  test('spread constraints likewise', () => {
    const spec = painted({
      topologySpreadConstraints: [
        { maxSkew: 1, ...term(web) },
        { maxSkew: 1, ...term({ matchLabels: { app: 'db' } }) },
      ],
    });
    expect(spec.topologySpreadConstraints).toEqual([
      { maxSkew: 1, ...term(blueWeb) },
      { maxSkew: 1, ...term({ matchLabels: { app: 'db' } }) },
    ]);
  });
});
