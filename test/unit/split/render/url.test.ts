import { describe, expect, test } from '@jest/globals';
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
