import { describe, expect, test } from '@jest/globals';
import { releaseBytes } from '../../../../src/split/part/sizes.ts';
import { config, cronJob, deployment, hpa, service, split, statefulSet, texts } from '../helpers.ts';

const long = (length: number) => 'n'.repeat(length);
describe('refused, with the reason and what to change', () => {
  test.each<[string, object[], RegExp]>([
    ['nothing at all', [], /^: The chart renders no object at all/],
    [
      "a mesh's sidecar by annotation",
      [deployment('web', { annotations: { 'linkerd.io/inject': 'enabled' } })],
      /Deployment\/web: gets a service mesh's sidecar/,
    ],
    [
      "a mesh's sidecar by label",
      [deployment('web', { labels: { app: 'web', 'sidecar.istio.io/inject': 'true' } })],
      /gets a service mesh's sidecar/,
    ],
    [
      'a name that is taken in the base',
      [deployment('web'), statefulSet('db'), service('web'), service('web-green', { selector: { app: 'db' } })],
      /Service\/web: its green name web-green is already that of Service\/web-green/,
    ],
    [
      'a copy whose name is taken',
      [deployment('web', { container: { envFrom: [{ configMapRef: { name: 'c' } }] } }), config('c'), config('c-blue')],
      /ConfigMap\/c: its blue name c-blue is already that of ConfigMap\/c-blue/,
    ],
    [
      'two objects of one colored name',
      [deployment('web'), deployment('web')],
      /its blue name web-blue is already that of Deployment\/web-blue/,
    ],
    [
      'a stranger with the name of a copy',
      [deployment('web', { container: { envFrom: [{ configMapRef: { name: 'c' } }, { configMapRef: { name: 'c-blue' } }] } }), config('c')],
      /Deployment\/web: refers to c-blue, which is not part of this chart: it is the name that ConfigMap\/c has in a color/,
    ],
    [
      'a stranger with the name of a copy, though another namespace has that name',
      [
        deployment('web', { container: { envFrom: [{ configMapRef: { name: 'c' } }, { configMapRef: { name: 'c-blue' } }] } }),
        config('c'),
        config('c-blue', { A: '1' }, { namespace: 'other' }),
      ],
      /Deployment\/web: refers to c-blue, which is not part of this chart/,
    ],
    [
      'our own ConfigMap',
      [deployment('web'), config('todo-services-blue')],
      /ConfigMap\/todo-services: its blue name todo-services-blue is already that of/,
    ],
  ])('%s', (_name, objects, message) => {
    const { refusals } = split(objects);
    expect(texts(refusals).join('\n')).toMatch(message);
    expect(refusals.every((one) => (one.hint ?? '') !== '')).toBe(true);
  });

  test.each<[string, object[]]>([
    ['the host network without ports', [deployment('web', { container: { ports: [] }, spec: { hostNetwork: true } })]],
    ['the namespace of the app, written out', [deployment('web', {}, { metadata: { namespace: 'todo' } })]],
    ['the longest Service name', [deployment('web'), service(long(63), { selector: { app: 'web' } })]],
    ['the longest CronJob name', [cronJob(long(52))]],
    ['a long Deployment name', [deployment(long(237), { labels: { app: 'web' } })]],
    ['a name like a color', [deployment('blue'), service('blue'), hpa('blue', 'blue')]],
  ])('not refused: %s', (_name, objects) => expect(split(objects).refusals).toEqual([]));

  test('stack: active may live in a mesh', () => {
    expect(split([deployment('web', { annotations: { 'linkerd.io/inject': 'enabled' } })], { stack: 'active' }).refusals).toEqual([]);
  });
});

describe('sizes', () => {
  /** Text that does not compress. */
  const noise = (bytes: number) =>
    Array.from({ length: bytes / 8 }, (_, index) =>
      Math.imul(index + 1, 2654435761)
        .toString(36)
        .slice(-6)
        .padStart(8, String(index % 10)),
    ).join('');

  test('a part that does not fit into a Secret is refused before Helm sees it', () => {
    const objects = [deployment('web'), config('x', { big: noise(900_000) }), config('y', { big: noise(800_000) })];
    const result = split(objects);
    expect(releaseBytes(result.base)).toBeGreaterThan(1024 * 1024);
    expect(texts(result.refusals)).toEqual([expect.stringMatching(/^: The base part needs [\d,]+ KiB in Helm's release Secret/)]);
  });

  test('150 services that call each other fit', () => {
    const names = Array.from({ length: 150 }, (_, index) => `service-${index}`);
    const addresses = Object.fromEntries(names.map((name, index) => [name, `10.96.0.${index + 1}`]));
    const objects = names.flatMap((name) => [deployment(name), service(name)]);
    const result = split(objects, { colorServiceIPs: addresses });
    expect(result.refusals).toEqual([]);
    expect(releaseBytes(result.color)).toBeLessThan(256 * 1024);
    expect(Object.values(result.color.templates).map((text) => JSON.parse(text))).toEqual(result.colorObjects);
  });

  test('large texts that compress well fit', () => {
    expect(split([deployment('web'), config('x', { big: 'x'.repeat(900_000) })]).refusals).toEqual([]);
  });
});

describe('pointed out, not refused', () => {
  const base = (kind: string, spec: object, apiVersion = 'example.com/v1') => ({ apiVersion, kind, metadata: { name: 'x' }, spec });
  test.each<[string, object[], RegExp | undefined]>([
    [
      'data in an emptyDir',
      [
        deployment('db', {
          container: { volumeMounts: [{ name: 'd', mountPath: '/var/lib/x' }] },
          spec: { volumes: [{ name: 'd', emptyDir: {} }] },
        }),
      ],
      /Deployment\/db: keeps data in an emptyDir/,
    ],
    [
      'scratch space',
      [
        deployment('web', {
          container: { volumeMounts: [{ name: 'd', mountPath: '/tmp' }] },
          spec: { volumes: [{ name: 'd', emptyDir: {} }] },
        }),
      ],
      undefined,
    ],
    ['strategy Recreate', [deployment('web', {}, { spec: { strategy: { type: 'Recreate' } } })], /has strategy: Recreate/],
    ['a paused Deployment', [deployment('web', {}, { spec: { paused: true } })], /is paused/],
    [
      'a load balancer of pod addresses',
      [deployment('web'), service('web', { type: 'LoadBalancer' }, { annotations: { 'cloud.google.com/neg': '{"ingress":true}' } })],
      /targets pod addresses/,
    ],
    [
      'pools',
      [
        deployment('web', {
          container: {
            env: [
              { name: 'DB_POOL_SIZE', value: '5' },
              { name: 'DB_MAX_OVERFLOW', value: '10' },
            ],
          },
        }),
      ],
      /up to 15 connections per pod: with both colors up 60 at 2 replicas/,
    ],
    [
      'pools from a ConfigMap',
      [deployment('web', { container: { envFrom: [{ configMapRef: { name: 'c' } }] } }), config('c', { POOL_SIZE: '7' })],
      /up to 7 connections per pod/,
    ],
    [
      'a reference by name',
      [deployment('web'), base('Policy', { targets: [{ ref: { kind: 'Deployment', name: 'web' } }] })],
      /Policy\/x: refers to Deployment\/web by name/,
    ],
    [
      'a variable twice',
      [
        deployment('web', {
          container: {
            env: [
              { name: 'A', value: '1' },
              { name: 'A', value: '2' },
            ],
          },
        }),
      ],
      /containers\[app\].env has A twice; server-side apply/,
    ],
    [
      'a port twice',
      [
        deployment('web', {
          container: {
            ports: [
              { name: 'a', containerPort: 80 },
              { name: 'b', containerPort: 80, protocol: 'TCP' },
            ],
          },
        }),
      ],
      /ports has 80\/TCP twice/,
    ],
    [
      'a port for two protocols',
      [
        deployment('web', {
          container: {
            ports: [
              { name: 'a', containerPort: 80 },
              { name: 'b', containerPort: 80, protocol: 'UDP' },
            ],
          },
        }),
      ],
      undefined,
    ],
    [
      "a Service's port twice",
      [
        deployment('web'),
        service('db', {
          selector: { app: 'db' },
          ports: [
            { name: 'a', port: 1 },
            { name: 'b', port: 1 },
          ],
        }),
      ],
      /Service\/db: ports has 1\/TCP twice/,
    ],
    [
      'its own hosts file',
      [deployment('web', { container: { volumeMounts: [{ name: 'h', mountPath: '/etc/hosts' }] } }), service('web')],
      /mounts its own \/etc\/hosts/,
    ],
    ['nothing', [deployment('web'), service('web')], undefined],
  ])('%s', (_name, objects, message) => {
    const { warnings, refusals } = split(objects);
    expect(texts(warnings)).toEqual(message === undefined ? [] : [expect.stringMatching(message)]);
    expect(refusals).toEqual([]);
  });
});
