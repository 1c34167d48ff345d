import { describe, expect, test } from '@jest/globals';
import { cronJob, deployment, find, hpa, service, split, texts } from '../helpers.ts';

const when = (value: string) => ({ metadata: { annotations: { 'todo-deploy.dev/when': value } } });
const keda = (kind: string, name: string, spec: object, extra: object = {}) => ({
  apiVersion: 'keda.sh/v1alpha1',
  kind,
  metadata: { name, ...extra },
  spec,
});
const jobs = { jobTargetRef: { template: { spec: { containers: [{ name: 'a', image: 'b' }] } } } };

describe('workers run in the active color only', () => {
  test.each([
    ['a Deployment with a Service', [deployment('x'), service('x')], { worker: false, replicas: 2, autoscaled: false }, { replicas: 2 }],
    [
      'a Deployment with a Service, its replicas left out',
      [deployment('x', {}, { spec: { replicas: undefined } }), service('x')],
      { worker: false, replicas: 1, autoscaled: false },
      { replicas: 1 },
    ],
    ['a Deployment without', [deployment('x')], { worker: true, replicas: 2, autoscaled: false }, { replicas: 0 }],
    [
      'a Deployment without replicas',
      [deployment('x', {}, { spec: { replicas: undefined } })],
      { worker: true, replicas: 1, autoscaled: false },
      { replicas: 0 },
    ],
    [
      'a worker that runs always',
      [deployment('x', {}, when('always'))],
      { worker: false, replicas: 2, autoscaled: false },
      { replicas: 2 },
    ],
    [
      'an autoscaled Deployment',
      [deployment('x'), service('x'), hpa('x', 'x')],
      { worker: false, replicas: 3, autoscaled: true },
      { replicas: undefined },
    ],
    ['an autoscaled worker', [deployment('x'), hpa('x', 'x')], { worker: true, replicas: 3, autoscaled: true }, { replicas: 0 }],
    [
      'a Deployment that KEDA scales',
      [deployment('x'), service('x'), keda('ScaledObject', 's', { scaleTargetRef: { name: 'x' } })],
      { worker: false, replicas: 0, autoscaled: true },
      { replicas: undefined },
    ],
    [
      'a Deployment with a VPA alone',
      [
        deployment('x'),
        service('x'),
        {
          apiVersion: 'autoscaling.k8s.io/v1',
          kind: 'VerticalPodAutoscaler',
          metadata: { name: 'x' },
          spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' } },
        },
      ],
      { worker: false, replicas: 2, autoscaled: false },
      { replicas: 2 },
    ],
  ])('%s', (_name, objects, plan, spec) => {
    const result = split(objects);
    expect(result.workloads).toEqual([{ kind: 'Deployment', name: 'x', coloredName: 'x-blue', ...plan }]);
    expect(find(result.colorObjects, 'Deployment/x-blue').spec.replicas).toBe(spec.replicas);
    expect(result.refusals).toEqual([]);
  });

  test.each([
    ['is suspended', cronJob('x'), true, true],
    ['that is suspended anyway is left so', cronJob('x', {}, { spec: { suspend: true } }), false, true],
    ['that runs always is not, and is started again where it was stopped', cronJob('x', {}, when('always')), false, false],
  ])('a CronJob %s', (_name, object, worker, suspend) => {
    const result = split([object]);
    expect(result.workloads).toEqual([{ kind: 'CronJob', name: 'x', coloredName: 'x-blue', autoscaled: false, worker }]);
    expect(find(result.colorObjects, 'CronJob/x-blue').spec.suspend).toBe(suspend);
  });

  test('KEDA is paused', () => {
    const result = split([
      deployment('x'),
      keda('ScaledObject', 's', { scaleTargetRef: { name: 'x' } }),
      keda('ScaledJob', 'j', jobs),
      keda('ScaledJob', 'k', jobs, when('always').metadata),
    ]);
    expect(result.paused.map(({ object, annotation, value }) => [object.kind, object.metadata.name, annotation, value])).toEqual([
      ['ScaledObject', 's-blue', 'autoscaling.keda.sh/paused-replicas', '0'],
      ['ScaledJob', 'j-blue', 'autoscaling.keda.sh/paused', 'true'],
    ]);
    expect(find(result.colorObjects, 'ScaledObject/s-blue').metadata.annotations).toMatchObject({
      'autoscaling.keda.sh/paused-replicas': '0',
    });
  });

  test('KEDA is not paused where the Deployment serves', () => {
    expect(split([deployment('x'), service('x'), keda('ScaledObject', 's', { scaleTargetRef: { name: 'x' } })]).paused).toEqual([]);
  });

  test.each([
    [
      [deployment('x', {}, when('active')), service('x')],
      /Deployment\/x: todo-deploy.dev\/when: active is not possible: the Service x leads/,
    ],
    [[deployment('x', {}, when('never'))], /when is "never": only always and active are known/],
  ])('what cannot be is refused (%#)', (objects, message) => {
    expect(texts(split(objects).refusals)).toEqual([expect.stringMatching(message)]);
  });
});
