import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { deployment, split } from '../helpers.ts';

const of = (apiVersion: string, kind: string, spec: object, name = 'x') => ({ apiVersion, kind, metadata: { name }, spec });
const ingress = (spec: object) => of('networking.k8s.io/v1', 'Ingress', spec);
const route = (spec: object) => of('gateway.networking.k8s.io/v1', 'HTTPRoute', spec);
const gateway = of(
  'gateway.networking.k8s.io/v1',
  'Gateway',
  {
    listeners: [
      { name: 'web', protocol: 'HTTP' },
      { name: 'secure', protocol: 'HTTPS' },
    ],
  },
  'gw',
);

describe('url', () => {
  test.each<[string, object[], string | undefined]>([
    ['none', [], undefined],
    ['Ingress', [ingress({ rules: [{ host: 'a.example.com' }, { host: 'b.example.com' }] })], 'http://a.example.com'],
    ['Ingress with TLS', [ingress({ tls: [{ hosts: ['a.example.com'] }], rules: [{ host: 'a.example.com' }] })], 'https://a.example.com'],
    [
      'Ingress with TLS of another host',
      [ingress({ tls: [{ hosts: ['b.example.com'] }], rules: [{ host: 'a.example.com' }] })],
      'http://a.example.com',
    ],
    [
      'Ingress with TLS of a wildcard',
      [ingress({ tls: [{ hosts: ['*.example.com'] }], rules: [{ host: 'a.example.com' }] })],
      'https://a.example.com',
    ],
    [
      'Ingress with TLS of every host',
      [ingress({ tls: [{ secretName: 's' }], rules: [{ host: 'a.example.com' }] })],
      'https://a.example.com',
    ],
    ['Ingress without host', [ingress({ rules: [{ http: {} }] }), route({ hostnames: ['r.example.com'] })], 'http://r.example.com'],
    ['Ingress of a wildcard alone', [ingress({ rules: [{ host: '*.example.com' }] })], undefined],
    ['Ingress without rules', [ingress({ defaultBackend: {} })], undefined],
    [
      "HTTPRoute of the chart's gateway",
      [route({ hostnames: ['*.x', 'r.example.com'], parentRefs: [{ name: 'gw' }] }), gateway],
      'https://r.example.com',
    ],
    [
      'HTTPRoute of a plain listener',
      [route({ hostnames: ['r.example.com'], parentRefs: [{ name: 'gw', sectionName: 'web' }] }), gateway],
      'http://r.example.com',
    ],
    [
      "HTTPRoute of a stranger's secure listener",
      [route({ hostnames: ['r.example.com'], parentRefs: [{ name: 'shared', sectionName: 'https' }] })],
      'https://r.example.com',
    ],
    [
      'IngressRoute',
      [
        of('traefik.io/v1alpha1', 'IngressRoute', {
          tls: {},
          routes: [{ match: 'PathPrefix(`/`)' }, { match: 'Host(`t.example.com`) && PathPrefix(`/`)' }],
        }),
      ],
      'https://t.example.com',
    ],
    ['OpenShift Route', [of('route.openshift.io/v1', 'Route', { host: 'o.example.com' })], 'http://o.example.com'],
  ])('%s', (_name, objects, url) => expect(split([deployment('web'), ...objects]).url).toBe(url));
});

describe('url of a route, by the Gateways that the cluster has', () => {
  const shared = (listeners: object[], className = 'other') => ({
    ...of('gateway.networking.k8s.io/v1', 'Gateway', { gatewayClassName: className, listeners }, 'shared'),
    metadata: { name: 'shared', namespace: 'infra' },
  });
  const open = { allowedRoutes: { namespaces: { from: 'All' } } };
  const web = { name: 'web', protocol: 'HTTP', port: 80, ...open };
  const secure = { name: 'websecure', protocol: 'HTTPS', port: 443, ...open };
  const inner = [
    { ...web, port: 8000 },
    { ...secure, port: 8443, hostname: '*.example.com' },
  ];
  const traefik = (name: string) => ({
    ...of('gateway.networking.k8s.io/v1', 'GatewayClass', { controllerName: 'traefik.io/gateway-controller' }, name),
  });
  const parent = { name: 'shared', namespace: 'infra' };
  const to = (hostnames: string[], ref: object = {}, more: object = {}) =>
    route({ hostnames, parentRefs: [{ ...parent, ...ref }], ...more });
  const app = to(['r.example.com']);
  const leads = { rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] };

  test.each<[string, object[], object[], string | undefined]>([
    ['TLS where it is offered', [app], [shared([web, secure])], 'https://r.example.com'],
    ['no TLS', [app], [shared([web])], 'http://r.example.com'],
    ['the listener that it names', [to(['r.example.com'], { sectionName: 'web' })], [shared([web, secure])], 'http://r.example.com'],
    ['the port that it names', [to(['r.example.com'], { port: 443 })], [shared([web, secure])], 'https://r.example.com'],
    ["a port that is not the protocol's own", [app], [shared([{ ...secure, port: 8443 }])], 'https://r.example.com:8443'],
    ['plain HTTP on another port', [app], [shared([{ ...web, port: 8080 }])], 'http://r.example.com:8080'],
    ["Traefik's entry points, by the class", [app], [shared(inner, 'edge'), traefik('edge')], 'https://r.example.com'],
    ["Traefik's entry points, by the name", [app], [shared(inner, 'traefik')], 'https://r.example.com'],
    ['such ports of another make', [app], [shared(inner, 'edge')], 'https://r.example.com:8443'],
    ["the listener's host", [to([])], [shared([{ ...secure, hostname: 'l.example.com' }])], 'https://l.example.com'],
    [
      'a wildcard of the route, a host of the listener',
      [to(['*.example.com'])],
      [shared([{ ...web, hostname: 'l.example.com' }])],
      'http://l.example.com',
    ],
    ['TLS for another host alone', [app], [shared([web, { ...secure, hostname: 'other.example.com' }])], 'http://r.example.com'],
    ['no host at all', [to([])], [shared([web])], undefined],
    ['wildcards alone', [to(['*.example.com'])], [shared([{ ...web, hostname: '*.example.com' }])], undefined],
    ['routes of its own namespace alone', [app], [shared([{ ...web, allowedRoutes: undefined }])], undefined],
    ['a listener for TCP', [app], [shared([{ ...web, protocol: 'TCP' }])], undefined],
    [
      'a listener for gRPC alone',
      [app],
      [shared([{ ...web, allowedRoutes: { ...open.allowedRoutes, kinds: [{ kind: 'GRPCRoute' }] } }])],
      undefined,
    ],
    ['a Gateway that is not known', [app], [], 'http://r.example.com'],
    [
      'one of two that is known',
      [route({ hostnames: ['r.example.com'], parentRefs: [{ name: 'mine' }, parent] })],
      [shared([secure])],
      'https://r.example.com',
    ],
    [
      'a route that redirects is not the app',
      [
        to(['first.example.com'], {}, { rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https' } }] }] }),
        to(['app.example.com'], {}, leads),
      ],
      [shared([web])],
      'http://app.example.com',
    ],
    [
      'a GRPCRoute has no URL',
      [of('gateway.networking.k8s.io/v1', 'GRPCRoute', { hostnames: ['g.example.com'], parentRefs: [parent] })],
      [shared([web])],
      undefined,
    ],
  ])('%s', (_name, objects, gateways, url) =>
    expect(split([deployment('web'), ...objects], { gateways: gateways as KubernetesObject[] }).url).toBe(url),
  );
});
