import { describe, expect, test } from '@jest/globals';
import type { PreviewRules } from '../../../../src/split/model.ts';
import { config, cronJob, deployment, find, hook, job, type Loose, service, split, statefulSet, texts, titles } from '../helpers.ts';

const HOST = 'pr-7-todo.preview.example.com';
const RULES: PreviewRules = { host: HOST, replicas: 2, storage: 4 * 2 ** 30, priorityClass: 'low' };
const preview = (objects: object[], rules: Partial<PreviewRules> = {}, more: object = {}) =>
  split(objects, { namespace: 'pr-7-todo-abcdef', ...more, preview: { ...RULES, ...rules } });
const object = (apiVersion: string, kind: string, spec: object, metadata: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name: 'x', ...metadata },
  spec,
});
const ingress = (spec: object, annotations?: object) => object('networking.k8s.io/v1', 'Ingress', spec, annotations && { annotations });
const path = { http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { name: 'http' } } } }] } };
const app = [deployment('web'), service('web')];
const door = (one: object, rules: Partial<PreviewRules> = {}): Loose => {
  const { baseObjects } = preview([...app, one], rules);
  return find(baseObjects, `${(one as { kind: string }).kind}/x`);
};

describe('front doors have the hosts of the preview', () => {
  test('an Ingress: its rules, its certificates, and what its annotations say', () => {
    const hosts = ['todo.example.com', 'api.todo.example.com'];
    const { spec, metadata } = door(
      ingress(
        { rules: hosts.map((host) => ({ host, ...path })), tls: [{ hosts, secretName: 'todo-tls' }] },
        {
          'cert-manager.io/cluster-issuer': 'letsencrypt',
          'external-dns.alpha.kubernetes.io/hostname': 'todo.example.com',
        },
      ),
    );
    expect(spec.rules.map((rule: { host: string }) => rule.host)).toEqual([HOST, `api-${HOST}`]);
    expect(spec.tls).toEqual([{ hosts: [HOST, `api-${HOST}`], secretName: 'todo-tls' }]);
    expect(metadata.annotations).toMatchObject({
      'cert-manager.io/cluster-issuer': 'letsencrypt',
      'external-dns.alpha.kubernetes.io/hostname': HOST,
    });
  });

  test('one certificate for all: nobody asks for another', () => {
    const { spec, metadata } = door(
      ingress({ rules: [{ host: 'a.example.com', ...path }] }, { 'cert-manager.io/issuer': 'x', other: 'y' }),
      {
        tlsSecret: 'wildcard',
      },
    );
    expect(spec.tls).toEqual([{ hosts: [HOST], secretName: 'wildcard' }]);
    expect(metadata.annotations).toMatchObject({ other: 'y' });
    expect(metadata.annotations).not.toHaveProperty('cert-manager.io/issuer');
  });

  test('an Ingress for whatever host takes its own alone', () => {
    expect(door(ingress({ rules: [path] })).spec.rules).toEqual([{ ...path, host: HOST }]);
    const all = door(ingress({ defaultBackend: { service: { name: 'web', port: { number: 80 } } } })).spec;
    expect(all).not.toHaveProperty('defaultBackend');
    expect(all.rules).toMatchObject([{ host: HOST, http: { paths: [{ path: '/', backend: { service: { name: 'web' } } }] } }]);
    expect(
      door(
        ingress({
          rules: [
            { host: '*.example.com', ...path },
            { host: 'a.example.com', ...path },
          ],
        }),
      ).spec.rules,
    ).toEqual([{ ...path, host: HOST }]);
  });

  const gateway = 'gateway.networking.k8s.io/v1';
  test('routes of the Gateway API, with where they lead elsewhere', () => {
    const redirect = { filters: [{ type: 'RequestRedirect', requestRedirect: { hostname: 'todo.example.com', scheme: 'https' } }] };
    const { spec } = door(object(gateway, 'HTTPRoute', { hostnames: ['todo.example.com', 'www.example.com'], rules: [redirect] }));
    expect(spec.hostnames).toEqual([HOST, `www-${HOST}`]);
    expect(spec.rules[0].filters[0].requestRedirect.hostname).toBe(HOST);
    expect(door(object(gateway, 'HTTPRoute', { rules: [{}] })).spec.hostnames).toEqual([HOST]);
    expect(door(object(gateway, 'GRPCRoute', { hostnames: ['*.example.com'] })).spec.hostnames).toEqual([HOST]);
  });

  test('a Gateway of the chart listens for them alone', () => {
    const listeners = [
      { name: 'http', port: 80, protocol: 'HTTP' },
      { name: 'https', hostname: 'a.example.com', tls: { certificateRefs: [{ name: 'a' }] } },
    ];
    expect(door(object(gateway, 'Gateway', { listeners }), { tlsSecret: 'wildcard' }).spec.listeners).toMatchObject([
      { hostname: HOST },
      { hostname: HOST, tls: { certificateRefs: [{ name: 'wildcard' }] } },
    ]);
  });

  test('Traefik, OpenShift, Contour, cert-manager', () => {
    const routes = [{ match: 'Host(`a.example.com`, `b.example.com`) && PathPrefix(`/x`)' }, { match: 'PathPrefix(`/y`)' }];
    expect(door(object('traefik.io/v1alpha1', 'IngressRoute', { routes })).spec.routes).toEqual([
      { match: `Host(\`${HOST}\`, \`b-${HOST}\`) && PathPrefix(\`/x\`)` },
      { match: `Host(\`${HOST}\`) && (PathPrefix(\`/y\`))` },
    ]);
    expect(door(object('route.openshift.io/v1', 'Route', {})).spec.host).toBe(HOST);
    expect(door(object('projectcontour.io/v1', 'HTTPProxy', { virtualhost: { fqdn: 'a.example.com' } })).spec.virtualhost.fqdn).toBe(HOST);
    const certificate = object('cert-manager.io/v1', 'Certificate', { dnsNames: ['a.example.com'], secretName: 'a' });
    expect(preview([...app, ingress({ rules: [{ host: 'a.example.com', ...path }] }), certificate]).baseObjects).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'Certificate', spec: { dnsNames: [HOST], secretName: 'a' } })]),
    );
  });

  test('and that is the address of the app', () => {
    const { url } = preview([...app, ingress({ rules: [{ host: 'todo.example.com', ...path }], tls: [{}] })]);
    expect(url).toBe(`https://${HOST}`);
  });
});

describe('what must not run is left out, and said', () => {
  test.each<[string, object, RegExp]>([
    ['a CronJob', cronJob('x'), /nothing runs by the clock/],
    ['a ClusterRole', object('rbac.authorization.k8s.io/v1', 'ClusterRole', {}), /of the whole cluster/],
    ['what is elsewhere', { ...config('x'), metadata: { name: 'x', namespace: 'monitoring' } }, /of the namespace monitoring/],
    ['a bucket', object('s3.services.k8s.aws/v1alpha1', 'Bucket', {}), /make something in a cloud/],
    ['an alert', object('monitoring.coreos.com/v1', 'PrometheusRule', {}), /alert nobody/],
    ['a NetworkPolicy', object('networking.k8s.io/v1', 'NetworkPolicy', {}), /has its own/],
    [
      'a VerticalPodAutoscaler',
      object('autoscaling.k8s.io/v1', 'VerticalPodAutoscaler', { targetRef: { kind: 'Deployment', name: 'web' } }),
      /capped/,
    ],
    ['a TCPRoute', object('gateway.networking.k8s.io/v1alpha2', 'TCPRoute', {}), /port is one of the whole cluster/],
  ])('%s', (_, one, why) => {
    const { baseObjects, colorObjects, adapted } = preview([...app, one]);
    const { kind } = one as { kind: string };
    expect(titles([...baseObjects, ...colorObjects]).filter((title) => title.startsWith(`${kind}/`))).toEqual([]);
    expect(texts(adapted)).toEqual([expect.stringMatching(new RegExp(`^${kind}/x: left out: .*${why.source}`))]);
  });

  test('everything else stays, and without rules all of it does', () => {
    const objects = [...app, cronJob('tick'), config('settings')];
    expect(split(objects).adapted).toEqual([]);
    expect(titles(split(objects).colorObjects)).toContain('CronJob/tick-blue');
    expect(titles(preview(objects).baseObjects)).toContain('ConfigMap/settings');
  });
});

describe('what a preview uses is capped, and said', () => {
  test('replicas, of workloads and autoscalers', () => {
    const scaler = object('autoscaling/v2', 'HorizontalPodAutoscaler', {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 3,
      maxReplicas: 10,
    });
    const { colorObjects, adapted } = preview([...app, deployment('api', {}, { spec: { replicas: 5 } }), service('api'), scaler]);
    expect(find(colorObjects, 'Deployment/api-blue').spec.replicas).toBe(2);
    expect(find(colorObjects, 'HorizontalPodAutoscaler/x-blue').spec).toMatchObject({ minReplicas: 2, maxReplicas: 2 });
    expect(texts(adapted)).toEqual(
      expect.arrayContaining(['Deployment/api: replicas 5 → 2', 'HorizontalPodAutoscaler/x: maxReplicas 10 → 2']),
    );
  });

  test('Services are reached by a host alone', () => {
    const spec = {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      loadBalancerIP: '1.2.3.4',
      ports: [{ name: 'http', port: 80, nodePort: 30080 }],
    };
    const { baseObjects, adapted } = preview([deployment('web'), service('web', spec)]);
    const { spec: now } = find(baseObjects, 'Service/web');
    expect(now).toMatchObject({ type: 'ClusterIP', ports: [{ name: 'http', port: 80 }] });
    for (const field of ['externalTrafficPolicy', 'loadBalancerIP']) expect(now).not.toHaveProperty(field);
    expect(now.ports[0]).not.toHaveProperty('nodePort');
    expect(texts(adapted)).toEqual(['Service/web: type LoadBalancer → ClusterIP']);
  });

  test('storage is shared out among the claims where they ask for too much together', () => {
    const claim = (storage: string) => ({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } });
    const objects = (storage: string) => [
      statefulSet('db', {}, { spec: { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim(storage) }] } }),
      object('v1', 'PersistentVolumeClaim', claim('1Gi')),
    ];
    const template = ({ baseObjects }: ReturnType<typeof preview>) => find(baseObjects, 'StatefulSet/db').spec.volumeClaimTemplates[0].spec;
    expect(template(preview(objects('3Gi'))).resources.requests.storage).toBe('3Gi');
    const large = preview(objects('100Gi'));
    expect(template(large).resources.requests.storage).toBe('2048Mi');
    expect(find(large.baseObjects, 'PersistentVolumeClaim/x').spec).toEqual(claim('1Gi'));
    expect(texts(large.adapted)).toEqual(['StatefulSet/db: storage 100Gi → 2048Mi']);
  });

  test('pods have no token and little priority, those of hooks too', () => {
    const options = { hooks: [hook(job('migrate'), 'post-install')], firstDeploy: true };
    const { colorObjects } = preview([deployment('web', { spec: { automountServiceAccountToken: true } }), service('web')], {}, options);
    const pods = colorObjects.map((one) => (one as Loose).spec?.template?.spec).filter(Boolean);
    expect(pods).toHaveLength(2);
    for (const pod of pods) expect(pod).toMatchObject({ automountServiceAccountToken: false, priorityClassName: 'low' });
  });
});
