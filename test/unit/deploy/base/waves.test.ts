import { describe, expect, test } from '@jest/globals';
import type { Placed, Surroundings } from '../../../../src/deploy/base/waves/change.ts';
import { placeChange } from '../../../../src/deploy/base/waves/sort.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';

const object = (apiVersion: string, kind: string, more: object = {}, name = 'web'): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name },
  ...more,
});
const NETWORK = 'networking.k8s.io/v1';
const ingress = (host: string, name = 'web') => object(NETWORK, 'Ingress', { spec: { rules: [{ host, http: { paths: [] } }] } }, name);
const config = (text: string) => object('v1', 'ConfigMap', { data: { text } }, 'settings');
const quota = (hard: object) => object('v1', 'ResourceQuota', { spec: { hard } });
const peers = (...names: string[]) => names.map((app) => ({ from: [{ podSelector: { matchLabels: { app } } }] }));
const policy = (spec: object, name = 'web') =>
  object(NETWORK, 'NetworkPolicy', { spec: { podSelector: { matchLabels: { app: 'web' } }, ...spec } }, name);
const denyAll = policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] }, 'deny');

const PODS = [{ app: 'web' }, { app: 'db' }];
const around = (before: KubernetesObject[], wanted: KubernetesObject[], more: Partial<Surroundings> = {}): Surroundings => ({
  before,
  wanted,
  pods: PODS,
  foreign: [],
  ports: new Map(),
  givenBack: new Set(),
  ...more,
});
const place = (
  before?: KubernetesObject,
  wanted?: KubernetesObject,
  beside: KubernetesObject[] = [],
  more: Partial<Surroundings> = {},
): Placed[] =>
  placeChange({ before, wanted }, around([...(before ? [before] : []), ...beside], [...(wanted ? [wanted] : []), ...beside], more));
const atOnce = (wanted: KubernetesObject): Placed[] => [{ now: wanted, wanted }];

describe('before the color comes up', () => {
  const stateful = (image: string) => object('apps/v1', 'StatefulSet', { spec: { template: { spec: { containers: [{ image }] } } } });
  test.each<[string, KubernetesObject | undefined, KubernetesObject, KubernetesObject[]]>([
    ['what shared workloads run', stateful('a'), stateful('b'), []],
    ['a kind that nobody knows', object('x.dev/v1', 'Thing', { spec: 1 }), object('x.dev/v1', 'Thing', { spec: 2 }), []],
    ['an addition', undefined, config('new'), []],
    [
      'configuration that a shared workload names',
      config('old'),
      config('new'),
      [object('apps/v1', 'DaemonSet', { spec: { use: 'settings' } }, 'agent')],
    ],
    ['a front door of a host of its own', undefined, ingress('new.test', 'more'), [ingress('old.test')]],
    [
      'a role that may do more',
      object('rbac.authorization.k8s.io/v1', 'Role', { rules: [1] }),
      object('rbac.authorization.k8s.io/v1', 'Role', { rules: [1, 2] }),
      [],
    ],
    ['a larger quota', quota({ pods: '10' }), quota({ pods: '20' }), []],
  ])('%s', (_, before, wanted, beside) => expect(place(before, wanted, beside)).toEqual(atOnce(wanted)));
});

describe('with the switch', () => {
  test.each<[string, KubernetesObject | undefined, KubernetesObject, KubernetesObject[]]>([
    ['a changed Ingress', ingress('a.test'), ingress('b.test'), []],
    [
      'a changed HTTPRoute',
      object('gateway.networking.k8s.io/v1', 'HTTPRoute', { spec: 1 }),
      object('gateway.networking.k8s.io/v1', 'HTTPRoute', { spec: 2 }),
      [],
    ],
    ['another way into a host that users know', undefined, ingress('old.test', 'more'), [ingress('old.test')]],
    ['a way into every host', undefined, object(NETWORK, 'Ingress', { spec: { rules: [{ http: {} }] } }, 'more'), [ingress('old.test')]],
    ['configuration that is read by name alone', config('old'), config('new'), []],
  ])('%s', (_, before, wanted, beside) => expect(place(before, wanted, beside)).toEqual([{ now: before, wanted, wave: 'switch' }]));

  test('the ports of a Service that switches', () => {
    const service = (port: number) => object('v1', 'Service', { spec: { ports: [{ port }] } });
    const placed = place(service(80), service(81), [], { ports: new Map([['web', [{ port: 80 }]]]) });
    expect(placed).toEqual([{ now: service(80), wanted: service(81), wave: 'switch' }]);
  });

  test('its ports where nothing is recorded of the base, as after an uninstall by hand', () => {
    const service = (port: number) => object('v1', 'Service', { spec: { ports: [{ port }] } });
    const placed = place(undefined, service(81), [], { ports: new Map([['web', [{ port: 80 }]]]) });
    expect(placed).toEqual([{ now: service(80), wanted: service(81), wave: 'switch' }]);
  });

  test('a Service that is given back: its ports with the switch, its selector when the old color is gone', () => {
    const service = (port: number, selector?: object) =>
      object('v1', 'Service', { spec: { ...(selector && { selector }), ports: [{ port }] } });
    const wanted = service(81, { app: 'web' });
    const placed = place(service(80), wanted, [], { ports: new Map([['web', [{ port: 80 }]]]), givenBack: new Set(['web']) });
    expect(placed).toEqual([{ now: service(80), between: service(81), wanted, wave: 'end' }]);
  });
});

test('a Service that goes, and would lead to the new color’s pods too: its selector is not Helm’s until then', () => {
  const service = object('v1', 'Service', { spec: { selector: { app: 'api' }, ports: [{ port: 80 }] } }, 'api');
  const pods = (color?: string) => [{ app: 'api', ...(color && { 'todo-deploy.dev/color': color }) }];
  expect(place(service, undefined, [], { pods: pods() })).toEqual([{ now: service, wave: 'end' }]);
  expect(place(service, undefined, [], { pods: pods('green') })).toEqual([
    { now: { ...service, spec: { ports: [{ port: 80 }] } }, wave: 'end' },
  ]);
});

describe('when the old color is gone', () => {
  test.each<[string, KubernetesObject]>([
    ['a removal', config('old')],
    ['a front door that goes', ingress('old.test')],
  ])('%s', (_, before) => expect(place(before)).toEqual([{ now: before, wave: 'end' }]));

  test.each<[string, KubernetesObject]>([
    ['a new quota', quota({ pods: '1' })],
    ['a new webhook', object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', { webhooks: [] })],
  ])('%s', (_, wanted) => expect(place(undefined, wanted)).toEqual([{ wanted, wave: 'end' }]));

  test('a quota that goes hinders nobody any more', () => expect(place(quota({ pods: '1' }))).toEqual([{}]));

  test('until then the larger of both amounts', () => {
    const wanted = quota({ pods: '5', 'requests.cpu': '500m', services: '3' });
    const now = quota({ pods: '10', 'requests.cpu': '500m' });
    expect(place(quota({ pods: '10', 'requests.cpu': '0.2', secrets: '1' }), wanted)).toEqual([{ now, wanted, wave: 'end' }]);
  });

  test('until then both versions’ certificates, each once', () => {
    const pem = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`;
    const hook = (service: string, rules: string, ...pems: string[]) =>
      object('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', {
        webhooks: [
          {
            name: 'check.web.dev',
            rules,
            clientConfig: {
              service: { name: service },
              caBundle: Buffer.from(pems.length > 1 ? `${pems.join('\n')}\n` : pems.join()).toString('base64'),
            },
          },
        ],
      });
    const stable = object('v1', 'Service', { spec: { ports: [] } });
    const wanted = hook('web', 'new', pem('B'));
    // What answers changes with the switch: it is asked what it was asked before.
    expect(place(hook('web', 'old', pem('A')), wanted, [stable])).toEqual([
      { now: hook('web', 'old', pem('A'), pem('B')), wanted, wave: 'end' },
    ]);
    const shared = hook('operator', 'new', pem('B'));
    expect(place(hook('operator', 'old', pem('A')), shared)).toEqual([
      { now: hook('operator', 'new', pem('B'), pem('A')), wanted: shared, wave: 'end' },
    ]);
  });
});

describe('network policies: what either version needs is allowed until the old color is gone', () => {
  test('tightened', () => {
    const [before, wanted] = [policy({ ingress: peers('a', 'b') }), policy({ ingress: peers('b', 'c') })];
    const now = policy({ ingress: peers('b', 'c', 'a') });
    expect(place(before, wanted)).toEqual([{ now, wanted, wave: 'end' }]);
  });

  test('loosened: at once', () => {
    const wanted = policy({ ingress: peers('a', 'b') });
    expect(place(policy({ ingress: peers('a') }), wanted)).toEqual(atOnce(wanted));
  });

  test('the first one for its pods cuts them off: when the old color is gone', () => {
    const wanted = policy({ ingress: peers('a') });
    expect(place(undefined, wanted)).toEqual([{ now: undefined, wanted, wave: 'end' }]);
  });

  test('one more where all are cut off anyway, by the chart or by others, only allows: at once', () => {
    const wanted = policy({ ingress: peers('a') });
    expect(place(undefined, wanted, [denyAll])).toEqual(atOnce(wanted));
    expect(place(undefined, wanted, [], { foreign: [denyAll] })).toEqual(atOnce(wanted));
  });

  test('a direction that others do not cut off waits, the other one does not', () => {
    const wanted = policy({ policyTypes: ['Ingress', 'Egress'], ingress: peers('a'), egress: [] });
    const now = policy({ policyTypes: ['Ingress'], ingress: peers('a') });
    const beside = policy({ podSelector: {}, policyTypes: ['Ingress'] }, 'deny');
    expect(place(undefined, wanted, [beside])).toEqual([{ now, wanted, wave: 'end' }]);
  });

  test('the last one goes: nobody is cut off any more, at once; one of several goes when the old color is gone', () => {
    const before = policy({ ingress: peers('a') });
    expect(place(before)).toEqual([{ now: undefined, wanted: undefined, wave: 'end' }]);
    expect(place(before, undefined, [denyAll])).toEqual([{ now: before, wanted: undefined, wave: 'end' }]);
  });

  test('for other pods: the new one stands beside the old one', () => {
    const before = policy({ podSelector: { matchLabels: { app: 'web' } }, ingress: peers('a') });
    const wanted = policy({ podSelector: { matchLabels: { app: 'db' } }, ingress: peers('a') });
    const beside = { ...wanted, metadata: { name: 'web-next' } };
    expect(place(before, wanted, [denyAll])).toEqual([
      { now: before, wanted, wave: 'end' },
      { now: beside, wanted: undefined, wave: 'end' },
    ]);
  });
});
