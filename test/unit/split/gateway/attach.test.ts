import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Gateway, Listener, ParentRef, Route } from '../../../../src/interfaces/gateway.ts';
import { attach, parentsOf } from '../../../../src/split/gateway/attach.ts';
import { commonHost } from '../../../../src/split/gateway/hosts.ts';

const apiVersion = 'gateway.networking.k8s.io/v1';
const listener = (more: Partial<Listener> = {}): Listener => ({ name: 'web', protocol: 'HTTP', port: 80, ...more });
const gateway = (listeners: Listener[], namespace = 'todo'): Gateway => ({
  apiVersion,
  kind: 'Gateway',
  metadata: { name: 'shared', namespace },
  spec: { listeners },
});
const route = (hostnames?: string[], kind: Route['kind'] = 'HTTPRoute'): Route => ({
  apiVersion,
  kind,
  metadata: { name: 'web' },
  spec: { parentRefs: [{ name: 'shared' }], ...(hostnames && { hostnames }) },
});
const from = (how: string, selector?: object) => ({ allowedRoutes: { namespaces: { from: how, ...(selector && { selector }) } } });
const around = (labels?: Record<string, string>) => ({ namespace: 'todo', labels });
const names = (found: ReturnType<typeof attach>) => (typeof found === 'string' ? found : found.map((one) => one.listener.name));

describe('which listeners take a route', () => {
  const [web, secure] = [listener(), listener({ name: 'secure', protocol: 'HTTPS', port: 443 })];
  const team = { matchLabels: { team: 'a' } };
  test.each<[string, Route, Partial<ParentRef>, Gateway, Record<string, string> | undefined, string | string[]]>([
    ['all, where it names none', route(), {}, gateway([web, secure]), undefined, ['web', 'secure']],
    ['one by its name', route(), { sectionName: 'secure' }, gateway([web, secure]), undefined, ['secure']],
    ['one by its port', route(), { port: 80 }, gateway([web, secure]), undefined, ['web']],
    ['a name that is not there', route(), { sectionName: 'other' }, gateway([web]), undefined, 'NoMatchingParent'],
    ['a port that is not there', route(), { port: 81 }, gateway([web]), undefined, 'NoMatchingParent'],
    ['no listener', route(), {}, gateway([]), undefined, 'NoMatchingParent'],
    ['of another namespace, which is not said to be allowed', route(), {}, gateway([web], 'infra'), undefined, 'NotAllowedByListeners'],
    ['all namespaces', route(), {}, gateway([listener(from('All'))], 'infra'), undefined, ['web']],
    ['its own namespace alone', route(), {}, gateway([listener(from('Same'))]), undefined, ['web']],
    ['no namespace', route(), {}, gateway([listener(from('None'))]), undefined, 'NotAllowedByListeners'],
    ['by labels that it has', route(), {}, gateway([listener(from('Selector', team))], 'infra'), { team: 'a' }, ['web']],
    ['by labels that it lacks', route(), {}, gateway([listener(from('Selector', team))], 'infra'), { team: 'b' }, 'NotAllowedByListeners'],
    ['by labels that nobody knows', route(), {}, gateway([listener(from('Selector', team))], 'infra'), undefined, ['web']],
    [
      'a kind that is not allowed',
      route(),
      {},
      gateway([listener({ allowedRoutes: { kinds: [{ kind: 'GRPCRoute' }] } })]),
      undefined,
      'NotAllowedByListeners',
    ],
    [
      'the kind that is allowed',
      route([], 'GRPCRoute'),
      {},
      gateway([listener({ allowedRoutes: { kinds: [{ kind: 'GRPCRoute' }] } })]),
      undefined,
      ['web'],
    ],
    ['a protocol without routes', route(), {}, gateway([listener({ protocol: 'UDP' })]), undefined, 'NotAllowedByListeners'],
    [
      'another host',
      route(['a.example.com']),
      {},
      gateway([listener({ hostname: 'b.example.com' })]),
      undefined,
      'NoMatchingListenerHostname',
    ],
    ['a host of its wildcard', route(['a.example.com']), {}, gateway([listener({ hostname: '*.example.com' })]), undefined, ['web']],
    [
      'the domain is not of its wildcard',
      route(['example.com']),
      {},
      gateway([listener({ hostname: '*.example.com' })]),
      undefined,
      'NoMatchingListenerHostname',
    ],
  ])('%s', (_name, one, ref, to, labels, expected) => {
    expect(names(attach(one, { name: 'shared', ...ref }, to, around(labels)))).toEqual(expected);
  });
});

test('a Service as a parent, as in a mesh, is no front door', () => {
  const mesh = { ...route(), spec: { parentRefs: [{ group: '', kind: 'Service', name: 'web' }, { name: 'shared' }] } };
  expect(parentsOf(mesh)).toEqual([{ name: 'shared' }]);
});

describe('hosts that two names have in common', () => {
  const label = fc.constantFrom('a', 'ba', 'example', 'com');
  const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
  const pattern = fc.oneof(
    host,
    host.map((one) => `*.${one}`),
  );
  /** By its words: what a name stands for. */
  const standsFor = (name: string | undefined, one: string): boolean =>
    name === undefined ||
    name === one ||
    (name.startsWith('*.') &&
      one.split('.').length > name.split('.').length - 1 &&
      `.${one}`.endsWith(name.slice(1)) &&
      one !== name.slice(2));

  test('stand for a host exactly where both do', () => {
    fc.assert(
      fc.property(
        fc.option(pattern, { nil: undefined }),
        fc.option(pattern, { nil: undefined }),
        host,
        fc.nat(2),
        (one, other, any, which) => {
          // Mostly one that either name may stand for.
          const asked = [any, one, other][which]?.replace('*', 'ba') ?? any;
          const common = commonHost(one, other);
          const either = one === undefined && other === undefined;
          const found = either || (common !== undefined && standsFor(common, asked));
          expect(found).toBe(standsFor(one, asked) && standsFor(other, asked));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('whichever comes first', () => {
    fc.assert(fc.property(pattern, pattern, (one, other) => expect(commonHost(one, other)).toBe(commonHost(other, one))));
  });
});

test('whatever a Gateway allows, the hosts of a route at a listener are hosts of the route', () => {
  const host = fc.constantFrom('a.example.com', 'b.example.com', '*.example.com', 'a.b.example.com', '*.b.example.com');
  const anyListener = fc.record({ hostname: fc.option(host, { nil: undefined }), protocol: fc.constantFrom('HTTP', 'HTTPS', 'TLS') });
  fc.assert(
    fc.property(fc.array(host, { minLength: 1, maxLength: 3 }), fc.array(anyListener, { maxLength: 4 }), (hostnames, listeners) => {
      const to = gateway(
        listeners.map(({ hostname, protocol }, index) => listener({ name: `l${index}`, protocol, ...(hostname && { hostname }) })),
      );
      const found = attach(route(hostnames), { name: 'shared' }, to, around());
      for (const { hosts } of typeof found === 'string' ? [] : found) {
        expect(hosts.length).toBeGreaterThan(0);
        for (const one of hosts) expect(hostnames.some((own) => commonHost(own, one) === one)).toBe(true);
      }
    }),
  );
});
