import { describe, expect, test } from '@jest/globals';
import { serviceVariables } from '../../../../src/split/render/service-env.ts';
import { config, deployment, find, hook, job, service, split, statefulSet, texts, titles } from '../helpers.ts';

const colorServiceIPs = { web: '10.96.0.7', api: '10.96.0.9' };
const chart = [deployment('web'), deployment('api'), service('web'), service('api'), statefulSet('db'), service('db')];
const names = (service: string) => [service, `${service}.todo`, `${service}.todo.svc`, `${service}.todo.svc.cluster.local`];
const aliases = [
  { ip: '10.96.0.9', hostnames: names('api') },
  { ip: '10.96.0.7', hostnames: names('web') },
];

describe('a color is a closed stack', () => {
  const result = split(chart, { colorServiceIPs });
  const spec = find(result.colorObjects, 'Deployment/web-blue').spec.template.spec;

  test("its pods find their own color's Services under the stable names, and only these", () => {
    expect(spec.hostAliases).toEqual(aliases);
    expect(find(result.colorObjects, 'Deployment/api-blue').spec.template.spec.hostAliases).toEqual(aliases);
  });

  test('and in the variables, weaker than anything that the chart sets', () => {
    expect(spec.containers[0].envFrom).toEqual([{ configMapRef: { name: 'todo-services-blue' } }]);
    const { data, metadata } = find(result.colorObjects, 'ConfigMap/todo-services-blue');
    expect(data).toEqual({
      ...serviceVariables(at(result.services, 'web'), '10.96.0.7'),
      ...serviceVariables(at(result.services, 'api'), '10.96.0.9'),
    });
    expect(metadata.labels).toEqual({ 'todo-deploy.dev/app': 'todo', 'todo-deploy.dev/color': 'blue' });
    const own = split([deployment('web', { container: { envFrom: [{ configMapRef: { name: 'c' } }] } }), service('web'), config('c')], {
      colorServiceIPs,
    });
    expect(find(own.colorObjects, 'Deployment/web-blue').spec.template.spec.containers[0].envFrom).toEqual([
      { configMapRef: { name: 'todo-services-blue' } },
      { configMapRef: { name: 'c-blue' } },
    ]);
  });

  test('shared workloads are left alone', () => {
    expect(find(result.baseObjects, 'StatefulSet/db')).toEqual(chart[4]);
  });

  test.each([
    ['stack: active', { stack: 'active' as const, colorServiceIPs }],
    ['no addresses yet', {}],
  ])('%s writes nothing', (_name, options) => {
    const { colorObjects } = split(chart, options);
    expect(titles(colorObjects)).toEqual(['Deployment/web-blue', 'Deployment/api-blue']);
    expect(find(colorObjects, 'Deployment/web-blue').spec.template.spec).toEqual(
      (chart[0] as { spec: { template: { spec: object } } }).spec.template.spec,
    );
  });

  test('enableServiceLinks: false has no variables', () => {
    const { colorObjects } = split([deployment('web', { spec: { enableServiceLinks: false } }), service('web')], { colorServiceIPs });
    const quiet = find(colorObjects, 'Deployment/web-blue').spec.template.spec;
    expect(quiet.containers[0].envFrom).toBeUndefined();
    expect(quiet.hostAliases).toHaveLength(1);
  });

  test("the chart's own aliases stay first and keep their names, which is pointed out", () => {
    const own = { ip: '1.2.3.4', hostnames: ['web', 'other'] };
    const with2 = split([deployment('web', { spec: { hostAliases: [own] } }), service('web')], { colorServiceIPs });
    expect(find(with2.colorObjects, 'Deployment/web-blue').spec.template.spec.hostAliases).toEqual([
      own,
      { ip: '10.96.0.7', hostnames: names('web').slice(1) },
    ]);
    expect(texts(with2.warnings)).toEqual(['Deployment/web: its own hostAliases define web: it is left as it is']);
  });

  test("hooks of both parts call the version's color; what a hook defines itself stays", () => {
    const pre = hook(
      job('migrate', {
        container: {
          env: [
            { name: 'WEB_SERVICE_HOST', value: 'mine' },
            { name: 'X', value: '$(WEB_SERVICE_PORT)' },
          ],
          envFrom: [{ prefix: 'WEB_', configMapRef: { name: 'c' } }],
        },
      }),
      'pre-upgrade',
    );
    const post = hook(job('warm'), 'post-upgrade');
    const hooked = split([...chart, config('c', { PORT: 'tcp://mine' })], { colorServiceIPs, hooks: [pre, post] });
    const migrate = find(hooked.baseObjects, 'Job/migrate').spec.template.spec;
    expect(migrate.hostAliases).toEqual(aliases);
    const variables = Object.fromEntries(migrate.containers[0].env.map((one: { name: string; value: string }) => [one.name, one.value]));
    expect(variables).toMatchObject({ WEB_SERVICE_HOST: 'mine', WEB_SERVICE_PORT: '8000', API_SERVICE_HOST: '10.96.0.9' });
    expect(variables).not.toHaveProperty('WEB_PORT');
    expect(migrate.containers[0].env.at(-1)).toEqual({ name: 'X', value: '$(WEB_SERVICE_PORT)' });
    const warm = find(hooked.colorObjects, 'Job/warm-blue').spec.template.spec;
    expect(warm.hostAliases).toEqual(aliases);
    expect(warm.containers[0].envFrom).toEqual([{ configMapRef: { name: 'todo-services-blue' } }]);
  });

  describe("variables of Services are weaker than a hook's own configuration", () => {
    const reading = (envFrom: object) => hook(job('migrate', { container: { envFrom: [envFrom] } }), 'pre-upgrade');
    const variablesOf = (hooks: ReturnType<typeof hook>[], more: object[] = []) => {
      const { baseObjects } = split([...chart, ...more], { colorServiceIPs, hooks });
      const env = find(baseObjects, 'Job/migrate').spec.template.spec.containers[0].env ?? [];
      return Object.fromEntries(env.map((one: { name: string; value: string }) => [one.name, one.value]));
    };

    test.each([
      ['a ConfigMap that is a hook itself', [hook(config('c', { WEB_PORT: '8080' }), 'pre-install,pre-upgrade')], []],
      ['a ConfigMap of the chart', [], [config('c', { WEB_PORT: '8080' })]],
    ])('%s', (_, hooks, more) => {
      const variables = variablesOf([...hooks, reading({ configMapRef: { name: 'c' } })], more);
      expect(variables).not.toHaveProperty('WEB_PORT');
      expect(variables).toHaveProperty('WEB_SERVICE_HOST', '10.96.0.7');
    });

    test.each([
      ['a Secret', { secretRef: { name: 'outside' } }],
      ['a ConfigMap', { configMapRef: { name: 'outside' } }],
    ])('%s that is not of the chart may hold any of them: none is set', (_, source) => {
      expect(variablesOf([reading(source)])).toEqual({});
    });

    test('one that is not of the chart holds those of its prefix alone', () => {
      const variables = variablesOf([reading({ prefix: 'WEB_', secretRef: { name: 'outside' } })]);
      expect(variables).toHaveProperty('API_SERVICE_HOST', '10.96.0.9');
      expect(Object.keys(variables).filter((name) => name.startsWith('WEB_'))).toEqual([]);
    });
  });

  describe('a Service that is another name of a Service of the app leads to the same color', () => {
    const alias = (name: string, externalName: string) => service(name, { type: 'ExternalName', externalName, selector: undefined });
    const aliasesOf = (objects: object[]) => {
      const { colorObjects } = split([deployment('web'), service('web'), ...objects], { colorServiceIPs });
      return find(colorObjects, 'Deployment/web-blue').spec.template.spec.hostAliases;
    };

    test.each(['web.todo.svc.cluster.local', 'web.todo.svc.cluster.local.', 'web.todo.svc.corp.example', 'web.todo.svc'])(
      '%s',
      (target) => {
        expect(aliasesOf([alias('front', target)])).toEqual([
          { ip: '10.96.0.7', hostnames: names('web') },
          { ip: '10.96.0.7', hostnames: names('front') },
        ]);
      },
    );

    test('over another one of the kind, too', () => {
      const found = aliasesOf([alias('outer', 'front.todo.svc.cluster.local'), alias('front', 'web.todo.svc.cluster.local')]);
      expect(found).toContainEqual({ ip: '10.96.0.7', hostnames: names('outer') });
    });

    test.each(['db.todo.svc.cluster.local', 'web.other.svc.cluster.local', 'web.example.com', 'loop.todo.svc.cluster.local'])(
      'not %s',
      (target) => {
        expect(aliasesOf([alias('loop', target)])).toEqual([{ ip: '10.96.0.7', hostnames: names('web') }]);
      },
    );
  });

  test('the variables are those of the kubelet', () => {
    const plan = {
      name: 'todo-web',
      selector: {},
      workloads: [],
      ports: [
        { name: 'http-alt', port: 80 },
        { port: 53, protocol: 'UDP' },
      ],
    };
    expect(serviceVariables(plan, 'fd00::1')).toEqual({
      TODO_WEB_SERVICE_HOST: 'fd00::1',
      TODO_WEB_SERVICE_PORT: '80',
      TODO_WEB_SERVICE_PORT_HTTP_ALT: '80',
      TODO_WEB_PORT: 'tcp://[fd00::1]:80',
      TODO_WEB_PORT_80_TCP: 'tcp://[fd00::1]:80',
      TODO_WEB_PORT_80_TCP_PROTO: 'tcp',
      TODO_WEB_PORT_80_TCP_PORT: '80',
      TODO_WEB_PORT_80_TCP_ADDR: 'fd00::1',
      TODO_WEB_PORT_53_UDP: 'udp://[fd00::1]:53',
      TODO_WEB_PORT_53_UDP_PROTO: 'udp',
      TODO_WEB_PORT_53_UDP_PORT: '53',
      TODO_WEB_PORT_53_UDP_ADDR: 'fd00::1',
    });
  });
});

describe('what goes past the hosts file is pointed out', () => {
  test.each([
    ['an nginx resolver', 'location / {\n  resolver kube-dns.kube-system.svc valid=10s;\n}'],
    ['an SRV look-up', 'dns:///_grpc._tcp.api.todo.svc.cluster.local'],
    ['a name with a trailing dot', 'http://api.todo.svc.cluster.local.:8000/'],
  ])('%s', (what, text) => {
    const user = (container: object) => [deployment('web', { container }), service('web')];
    const mounted = split([...user({ envFrom: [{ configMapRef: { name: 'c' } }] }), config('c', { 'a.conf': text })]);
    expect(texts(mounted.warnings)).toEqual([expect.stringMatching(`ConfigMap/c: has ${what}`)]);
    expect(texts(split(user({ args: [text] })).warnings)).toEqual([expect.stringMatching(`Deployment/web: has ${what}`)]);
    expect(split(user({ args: [text] }), { stack: 'active' }).warnings).toEqual([]);
  });

  test('plain names are not', () => {
    const { warnings } = split([
      deployment('web', { container: { args: ['http://api.todo.svc.cluster.local:8000/x', 'http://api/v1.2'] } }),
      service('web'),
    ]);
    expect(warnings).toEqual([]);
  });
});

function at<T extends { name: string }>(list: readonly T[], name: string): T {
  const found = list.find((one) => one.name === name);
  if (found === undefined) {
    throw new Error(`no ${name}`);
  }
  return found;
}
