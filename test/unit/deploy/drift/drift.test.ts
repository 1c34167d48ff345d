import { describe, expect, test } from '@jest/globals';
import { addressDrift } from '../../../../src/deploy/drift/addresses.ts';
import { objectDrift, partDrift, selectorDrift, tagDrift } from '../../../../src/deploy/drift/drift.ts';
import { ownedFields, valueAt, writerOf } from '../../../../src/deploy/drift/owners.ts';
import { isHealthy } from '../../../../src/deploy/status/status.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import type { Service } from '../../../../src/interfaces/objects.ts';

const TIME = '2026-11-24T18:00:00Z';
type Fields = Record<string, unknown>;
const managed = (manager: string, fieldsV1: Fields, more: object = {}) => ({ manager, operation: 'Update', time: TIME, fieldsV1, ...more });
const deployment = (spec: object = {}, managedFields: object[] = []): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web-green', managedFields: managedFields as never },
  spec: {
    replicas: 2,
    template: { spec: { containers: [{ name: 'web', image: 'acme/web@sha256:1', env: [{ name: 'A', value: '1' }] }] } },
    ...spec,
  },
});
const container = (fields: object) => ({
  template: { spec: { containers: [{ name: 'web', image: 'acme/web@sha256:1', env: [{ name: 'A', value: '1' }], ...fields }] } },
});
const IMAGE = { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { 'f:image': {} } } } } } };
const service = (selector: Record<string, string>, managedFields: object[] = []): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', managedFields: managedFields as never },
  spec: { selector },
});
const color = (name: string) => ({ app: 'web', 'todo-deploy.dev/color': name });

describe('who owns a field', () => {
  const fields = {
    'f:spec': {
      'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } },
      'f:args': { 'v:"x"': {} },
      'f:list': { 'i:1': {} },
    },
  };
  test('paths of managedFields lead to values', () => {
    const object = { spec: { ports: [{ port: 81 }, { port: 80, name: 'http' }], args: ['y', 'x'], list: [1, 2] } };
    const found = ownedFields(fields).map(({ path, steps }) => [path, valueAt(object, steps)]);
    expect(found).toEqual([
      ['spec.ports[port=80,protocol=TCP].port', 80],
      ['spec.args["x"]', 'x'],
      ['spec.list[1]', 2],
    ]);
    expect(ownedFields(fields).map(({ steps }) => valueAt({ spec: null }, steps))).toEqual([undefined, undefined, undefined]);
  });

  test('the last writer counts, status and our own do not', () => {
    const object = service({}, [
      managed('helm', { 'f:spec': { 'f:selector': {} } }),
      managed('kubectl-edit', { 'f:spec': { 'f:selector': { 'f:app': {} } } }, { time: '2026-11-24T17:00:00Z' }),
      managed('kubectl-patch', { 'f:spec': { 'f:selector': {} } }),
      managed('x', { 'f:spec': { 'f:selector': {} } }, { time: '2027-01-01T00:00:00Z', subresource: 'status' }),
    ]);
    expect(writerOf(object, 'spec.selector', (manager) => manager === 'helm')).toBe(`kubectl-patch, ${TIME}`);
    expect(writerOf(object, 'spec.type')).toBeUndefined();
  });
});

describe('a selector', () => {
  test.each<[string, Service | undefined, Service | undefined, string | undefined]>([
    ['as it was set', service(color('green')), service(color('green')), undefined],
    ['of the other color', service(color('blue')), service(color('green')), 'selects blue; the last deploy switched it to green'],
    ['of no color', service({ app: 'web' }), service(color('green')), 'selects no color; the last deploy switched it to green'],
    [
      'with one label more',
      service({ ...color('green'), tier: 'x' }),
      service(color('green')),
      'its selector was changed (tier: nothing → x)',
    ],
    ['of a Service that is gone', undefined, undefined, 'was deployed and is not there'],
    ['whose color Service is gone', service(color('green')), undefined, undefined],
  ])('%s', (_, live, own, message) => {
    expect(selectorDrift('web', live, own, 'green').map((drift) => drift.message)).toEqual(message === undefined ? [] : [message]);
  });

  test('who changed it is said', () => {
    const live = service(color('blue'), [managed('kubectl-patch', { 'f:spec': { 'f:selector': {} } })]);
    expect(selectorDrift('web', live, undefined, 'green')).toEqual([
      expect.objectContaining({ object: 'Service/web', kind: 'selector', by: `kubectl-patch, ${TIME}` }),
    ]);
  });
});

describe('an object', () => {
  const drift = (live: KubernetesObject | undefined, replicas: number | undefined = 2, recorded = deployment()) =>
    objectDrift(recorded, live, replicas).map(({ kind, message, by }) => [kind, message, by]);

  test('as it was applied has none, whatever controllers wrote', () => {
    const defaults = { 'f:spec': { 'f:revisionHistoryLimit': {} } };
    expect(
      drift(deployment({ revisionHistoryLimit: 10 }, [managed('kube-controller-manager', defaults), managed('some-operator', defaults)])),
    ).toEqual([]);
    expect(objectDrift(deployment(), deployment({ replicas: 5 }), undefined)).toEqual([]);
  });

  test('an image set by hand, once', () => {
    const live = deployment(container({ image: 'acme/web:hotfix' }), [managed('kubectl-set', IMAGE)]);
    expect(drift(live)).toEqual([
      ['image', 'container "web" has the image acme/web:hotfix; deployed was acme/web@sha256:1', `kubectl-set, ${TIME}`],
    ]);
  });

  test('scaled by hand', () => {
    const live = deployment({ replicas: 5 }, [managed('kubectl', { 'f:spec': { 'f:replicas': {} } }, { subresource: 'scale' })]);
    expect(drift(live)).toEqual([['replicas', 'is scaled to 5; deployed with 2', `kubectl, ${TIME}`]]);
  });

  test('a field that someone wrote over, and one that was added with kubectl', () => {
    const env = (name: string) => ({
      'f:spec': {
        'f:template': {
          'f:spec': { 'f:containers': { 'k:{"name":"web"}': { 'f:env': { [`k:{"name":"${name}"}`]: { 'f:value': {} } } } } },
        },
      },
    });
    const live = deployment(
      container({
        env: [
          { name: 'A', value: '2' },
          { name: 'B', value: '3' },
        ],
      }),
      [managed('my-script', env('A')), managed('my-script', env('B')), managed('kubectl-edit', env('B'))],
    );
    expect(drift(live).map(([, message, by]) => `${message} (${by})`)).toEqual([
      `spec.template.spec.containers[name=web].env[name=A].value was changed (my-script, ${TIME})`,
      `spec.template.spec.containers[name=web].env[name=B].value was changed (kubectl-edit, ${TIME})`,
    ]);
  });

  test('that is gone', () => expect(drift(undefined)).toEqual([['missing', 'was deployed and is not there', undefined]]));

  test('values of a Secret are not shown; stringData is data', () => {
    const secret = (fields: object): KubernetesObject => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, ...fields });
    const recorded = secret({ stringData: { a: 'one', b: 'two' }, data: { c: 'Yw==' } });
    const data = { a: Buffer.from('one').toString('base64'), b: Buffer.from('canary').toString('base64'), c: 'Yw==', d: '' };
    const found = drift(secret({ data }), undefined, recorded);
    expect(found).toEqual([['changed', 'data was changed: b, d', undefined]]);
    expect(JSON.stringify(found)).not.toMatch(/canary|two/);
    expect(drift(secret({ data: { a: data.a, b: Buffer.from('two').toString('base64'), c: 'Yw==' } }), undefined, recorded)).toEqual([]);
  });
});

test('one tag with two contents has moved; a digest cannot', () => {
  const digests = ['sha256:1', 'sha256:2'];
  expect(tagDrift('Deployment/web', [{ container: 'web', image: 'web:1', digests }])).toHaveLength(1);
  expect(
    tagDrift('Deployment/web', [
      { container: 'web', image: 'web@sha256:1', digests },
      { container: 'x', image: 'x:1', digests: ['sha256:1'] },
    ]),
  ).toEqual([]);
});

describe('healthy', () => {
  const good = {
    release: 'todo',
    namespace: 'todo',
    state: 'serving',
    active: 'green',
    services: [{ name: 'web', endpoints: 2 }],
    shared: [],
    drift: [],
    history: [],
    rollback: [],
    unseen: [],
    colors: [
      { color: 'green', role: 'active', workloads: [{ workload: 'Deployment/web-green', ready: true, text: '2/2 ready', images: [] }] },
    ],
  } as unknown as Parameters<typeof isHealthy>[0];
  const late = { workload: 'Deployment/x', ready: false, text: '0/1 ready', images: [] };
  test.each<[string, object, boolean]>([
    ['all is well', {}, true],
    ['an idle color may be anything', { colors: [...good.colors, { color: 'blue', role: 'warm', workloads: [late] }] }, true],
    ['not deployed', { state: 'not-deployed' }, false],
    ['mixed', { state: 'mixed' }, false],
    ['a shared workload is not ready', { shared: [late] }, false],
    ['a Service leads nowhere', { services: [{ name: 'web', endpoints: 0, problem: 'no ready pod' }] }, false],
    ['drift', { drift: [{ object: 'x', kind: 'image', message: '' }] }, false],
    ['a killed run', { healing: 'stop blue: no user has seen it' }, false],
  ])('%s: %j', (_, change, healthy) => expect(isHealthy({ ...good, ...change })).toBe(healthy));
});

describe('what a version calls', () => {
  const service = (clusterIP: string): Service => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web-green' },
    spec: { clusterIP },
  });
  const calling = (ip: string, hostnames = ['web', 'web.shop', 'web.shop.svc', 'web.shop.svc.cluster.local']): KubernetesObject =>
    deployment({ template: { spec: { containers: [], hostAliases: [{ ip, hostnames }] } } });
  const stack = (own: Service | undefined) => ({ color: 'green' as const, namespace: 'shop', services: ['web'], colorService: () => own });

  test.each<[string, KubernetesObject, Service | undefined, string[]]>([
    ['its own Service', calling('10.0.0.1'), service('10.0.0.1'), []],
    [
      'a Service that was made anew',
      calling('10.0.0.1'),
      service('10.0.0.2'),
      ['calls Service/web-green at 10.0.0.1, and its address is 10.0.0.2'],
    ],
    ['a Service that is gone', calling('10.0.0.1'), undefined, ['was deployed and is not there']],
    ["names that are the chart's own", calling('10.0.0.9', ['db']), service('10.0.0.1'), []],
  ])('%s', (_, workload, own, messages) => {
    expect(addressDrift([workload], stack(own)).map(({ message }) => message)).toEqual(messages);
  });
});

describe('a worker', () => {
  const worker = (suspend: boolean, annotations: Record<string, string>): KubernetesObject => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'report-green', annotations },
    spec: { suspend },
  });
  const mark = { 'todo-deploy.dev/active-replicas': 'scheduled' };

  test.each<[string, KubernetesObject, string[]]>([
    ['on a schedule runs', worker(false, mark), []],
    ['on a schedule was suspended', worker(true, mark), ['is suspended']],
    ['that its chart suspends is no worker', worker(true, {}), []],
  ])('%s', (_, live, messages) => {
    // The part holds it as it comes up.
    expect(partDrift(worker(true, {}), live, false).map(({ message }) => message)).toEqual(messages);
  });
});
