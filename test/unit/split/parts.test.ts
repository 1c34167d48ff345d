import { describe, expect, test } from '@jest/globals';
import { config, cronJob, deployment, find, hpa, job, secret, service, split, statefulSet, texts, titles } from './helpers.ts';

const app = deployment('web');
const of = (apiVersion: string, kind: string, spec: object = {}) => ({ apiVersion, kind, metadata: { name: 'x' }, spec });

describe('which part an object goes to', () => {
  test.each([
    ['Deployment', deployment('x'), 'color'],
    ['CronJob', cronJob('x'), 'color'],
    [
      'KEDA ScaledJob',
      of('keda.sh/v1alpha1', 'ScaledJob', { jobTargetRef: { template: { spec: { containers: [{ name: 'a' }] } } } }),
      'color',
    ],
    ['HPA of the color', { ...hpa('x', 'web') }, 'color'],
    ['HPA of a StatefulSet', hpa('x', 'db', { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web' } }), 'base'],
    [
      'VPA of the color',
      of('autoscaling.k8s.io/v1', 'VerticalPodAutoscaler', { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } }),
      'color',
    ],
    ['ScaledObject of the color', of('keda.sh/v1alpha1', 'ScaledObject', { scaleTargetRef: { name: 'web' } }), 'color'],
    ['ScaledObject of a stranger', of('keda.sh/v1alpha1', 'ScaledObject', { scaleTargetRef: { name: 'other' } }), 'base'],
    ['PDB of the color', of('policy/v1', 'PodDisruptionBudget', { selector: { matchLabels: { app: 'web' } } }), 'color'],
    ['PDB of everything', of('policy/v1', 'PodDisruptionBudget', { selector: {} }), 'base'],
    ['PDB of the database', of('policy/v1', 'PodDisruptionBudget', { selector: { matchLabels: { app: 'db' } } }), 'base'],
    ['PDB of nothing', of('policy/v1', 'PodDisruptionBudget', { selector: { matchLabels: { app: 'nobody' } } }), 'base'],
    ['StatefulSet', statefulSet('x'), 'base'],
    ['DaemonSet', { ...statefulSet('x'), kind: 'DaemonSet' }, 'base'],
    ['Job', job('x'), 'base'],
    ['ConfigMap that nobody uses', config('x'), 'base'],
    ['Secret that nobody uses', secret('x'), 'base'],
    ['Service of the database', service('x', { selector: { app: 'db' } }), 'base'],
    ['Service without selector', service('x', { selector: undefined }), 'base'],
    ['Knative Service', of('serving.knative.dev/v1', 'Service'), 'base'],
    ["another group's Deployment", of('example.com/v1', 'Deployment'), 'base'],
    ...[
      ['v1', 'PersistentVolumeClaim'],
      ['v1', 'ServiceAccount'],
      ['v1', 'ResourceQuota'],
      ['rbac.authorization.k8s.io/v1', 'Role'],
      ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
      ['networking.k8s.io/v1', 'Ingress'],
      ['networking.k8s.io/v1', 'NetworkPolicy'],
      ['gateway.networking.k8s.io/v1', 'Gateway'],
      ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
      ['cert-manager.io/v1', 'Certificate'],
      ['bitnami.com/v1alpha1', 'SealedSecret'],
      ['external-secrets.io/v1', 'ExternalSecret'],
      ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
      ['acme.example.com/v1', 'Unknown'],
    ].map(([apiVersion, kind]): [string, object, string] => [kind ?? '', of(apiVersion ?? '', kind ?? ''), 'base']),
  ])('%s', (_name, object, part) => {
    const result = split([app, statefulSet('db'), object]);
    const inColor = titles(result.colorObjects).filter((title) => title.endsWith('/x-blue'));
    const inBase = titles(result.baseObjects).filter((title) => title.endsWith('/x'));
    expect([inBase.length, inColor.length]).toEqual(part === 'color' ? [0, 1] : [1, 0]);
    if (part === 'base') {
      expect(find(result.baseObjects, inBase[0] ?? '')).toEqual(JSON.parse(JSON.stringify(object)));
    }
  });

  test('a ConfigMap that the color uses is in both: as rendered, and as a copy with our labels only', () => {
    const user = deployment('web', { container: { envFrom: [{ configMapRef: { name: 'x' } }] } });
    const original = config('x', { A: '1' }, { labels: { team: 'a' }, annotations: { note: 'b' }, namespace: 'todo' });
    const result = split([user, original]);
    expect(find(result.baseObjects, 'ConfigMap/x')).toEqual(original);
    expect(find(result.colorObjects, 'ConfigMap/x-blue')).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'x-blue',
        namespace: 'todo',
        labels: { 'todo-deploy.dev/app': 'todo', 'todo-deploy.dev/color': 'blue' },
        annotations: { 'todo-deploy.dev/version': 'abc1234' },
      },
      data: { A: '1' },
    });
  });

  test.each([
    ['is empty: another program fills it', secret('x', { stringData: {} })],
    ["is a ServiceAccount's token", secret('x', { type: 'kubernetes.io/service-account-token' })],
  ])('a Secret that %s is not copied', (_why, object) => {
    const result = split([deployment('web', { container: { envFrom: [{ secretRef: { name: 'x' } }] } }), object]);
    expect(titles(result.colorObjects)).toEqual(['Deployment/web-blue']);
    expect(find(result.colorObjects, 'Deployment/web-blue').spec.template.spec.containers[0].envFrom).toEqual([
      { secretRef: { name: 'x' } },
    ]);
  });
});

describe('what is in another namespace', () => {
  const elsewhere = { namespace: 'other' };
  test.each([
    ['a ConfigMap of a name that the color uses', config('x', { A: '1' }, elsewhere), 'ConfigMap/x'],
    ['a Service', service('web', {}, elsewhere), 'Service/web'],
    ['an autoscaler', { ...hpa('x', 'web'), metadata: { name: 'x', ...elsewhere } }, 'HorizontalPodAutoscaler/x'],
    [
      'a budget',
      { ...of('policy/v1', 'PodDisruptionBudget', { selector: { matchLabels: { app: 'web' } } }), metadata: { name: 'x', ...elsewhere } },
      'PodDisruptionBudget/x',
    ],
  ])('is none of the color: %s', (_name, object, title) => {
    const user = deployment('web', { container: { envFrom: [{ configMapRef: { name: 'x' } }] } });
    const result = split([user, object]);
    expect(find(result.baseObjects, title)).toEqual(object);
    expect(titles(result.colorObjects)).toEqual(['Deployment/web-blue']);
    expect(result.refusals).toEqual([]);
  });

  test('pods there do not count as shared', () => {
    const database = { ...statefulSet('db', { labels: { app: 'web' } }), metadata: { name: 'db', ...elsewhere } };
    const result = split([deployment('web'), database, service('web')]);
    expect(result.services).toHaveLength(1);
    expect(result.refusals).toEqual([]);
  });
});

describe('templates that leave fields empty', () => {
  const empty = {
    initContainers: null,
    volumes: null,
    affinity: null,
    topologySpreadConstraints: null,
    imagePullSecrets: null,
    hostAliases: null,
    nodeSelector: null,
  };
  test('are read as if the fields were not there', () => {
    const web = deployment(
      'web',
      { annotations: null as never, container: { env: null, envFrom: null, volumeMounts: null }, spec: empty },
      { metadata: { labels: null, annotations: null } },
    );
    const result = split([web, service('web', {}, { annotations: null }), config('x', null as never)], {
      colorServiceIPs: { web: '10.96.0.1' },
      imagePullSecrets: ['pull'],
    });
    const { spec } = find(result.colorObjects, 'Deployment/web-blue').spec.template;
    const { imagePullSecrets: _, hostAliases: __, ...none } = empty;
    expect(spec).toMatchObject({ imagePullSecrets: [{ name: 'pull' }], hostAliases: [{ ip: '10.96.0.1' }] });
    for (const field of Object.keys(none)) expect(spec).not.toHaveProperty(field);
    expect(result.refusals).toEqual([]);
  });

  test.each([
    [{ ...deployment('web'), spec: null }, /Deployment\/web of the chart has no pod template with containers: Kubernetes would refuse it/],
    [deployment('web', {}, { spec: { selector: null } }), /Deployment\/web of the chart has no spec.selector/],
    [cronJob('x', {}, { spec: { jobTemplate: {} } }), /CronJob\/x of the chart has no pod template/],
  ])('are refused where Kubernetes would (%#)', (object, message) => {
    expect(() => split([object])).toThrow(message);
  });
});

describe('what overrules the table', () => {
  const annotated = (part: string) => ({ annotations: { 'todo-deploy.dev/part': part } });

  test.each([
    ['the annotation', deployment('cache', {}, { metadata: annotated('base') }), []],
    ['the input shared with a bare name', deployment('cache'), ['cache']],
    ['the input shared with Kind/name', deployment('cache'), ['Deployment/cache']],
  ])('%s makes a Deployment shared', (_name, cache, shared) => {
    const result = split([app, cache, service('cache')], { shared });
    expect(find(result.baseObjects, 'Deployment/cache')).toEqual(cache);
    expect(find(result.baseObjects, 'Service/cache').spec.selector).toEqual({ app: 'cache' });
    expect(result.shared).toEqual([{ kind: 'Deployment', name: 'cache' }]);
    expect(titles(result.colorObjects)).toEqual(['Deployment/web-blue']);
  });

  test('a shared name that is not there is refused, with what is there', () => {
    const { refusals } = split([app], { shared: ['cach'] });
    expect(refusals).toEqual([
      expect.objectContaining({ message: expect.stringContaining('"cach"'), hint: "The chart's workloads are: Deployment/web." }),
    ]);
  });

  test('base keeps a ConfigMap from being copied', () => {
    const user = deployment('web', { container: { envFrom: [{ configMapRef: { name: 'x' } }] } });
    const result = split([user, config('x', { A: '1' }, annotated('base'))]);
    expect(titles(result.colorObjects)).toEqual(['Deployment/web-blue']);
  });

  test('base leaves a Service as it is, headless or not', () => {
    const metrics = service('web', { clusterIP: 'None' }, annotated('base'));
    const result = split([app, metrics]);
    expect(find(result.baseObjects, 'Service/web')).toEqual(metrics);
    expect(result.services).toEqual([]);
    expect(result.refusals).toEqual([]);
  });

  test('color takes a ConfigMap, a claim and a ServiceAccount along, and pods follow', () => {
    const user = deployment('web', {
      container: { envFrom: [{ configMapRef: { name: 'x' } }] },
      spec: { serviceAccountName: 'robot', volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] },
    });
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', ...annotated('color') },
      spec: { accessModes: ['ReadWriteOnce'] },
    };
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot', ...annotated('color') } };
    const result = split([user, config('x', { A: '1' }, annotated('color')), claim, account]);
    expect(result.refusals).toEqual([]);
    expect(titles(result.baseObjects)).toEqual([]);
    const { spec } = find(result.colorObjects, 'Deployment/web-blue').spec.template;
    expect(spec.serviceAccountName).toBe('robot-blue');
    expect(spec.volumes[0].persistentVolumeClaim.claimName).toBe('data-blue');
    expect(spec.containers[0].envFrom[0].configMapRef.name).toBe('x-blue');
  });

  test.each([
    [{ ...statefulSet('x'), metadata: { name: 'x', ...annotated('color') } }, /part: color is not possible for a StatefulSet/],
    [service('web', {}, annotated('color')), /part: color is not possible for a Service/],
    [config('x', {}, annotated('green')), /part is "green": only base and color are known/],
  ])('a part that cannot be is refused (%#)', (object, message) => {
    expect(texts(split([app, object]).refusals).join('\n')).toMatch(message);
  });
});
