import { describe, expect, test } from '@jest/globals';
import type { Pod } from '../../../../src/interfaces/objects.ts';
import { metricsOf, requestsFor } from '../../../../src/preview/visits/doors.ts';

const LED = { namespace: 'pr-7-todo-1f0a9c', services: ['web', 'web-api'] };
const traefik = (service: string, count: number): string =>
  `traefik_service_requests_total{code="200",method="GET",protocol="http",service="${service}"} ${count}`;
const nginx = (namespace: string, service: string, count: number): string =>
  `nginx_ingress_controller_requests{host="a.b",ingress="i",namespace="${namespace}",service="${service}",status="200"} ${count}`;

describe('what a front door has counted for some Services', () => {
  test.each<[string, string, string[], number]>([
    [
      'Traefik, an Ingress',
      'traefik',
      [traefik('pr-7-todo-1f0a9c-web-80@kubernetes', 3), traefik('pr-7-todo-1f0a9c-web-api-http@kubernetes', 4)],
      7,
    ],
    ['Traefik, an IngressRoute', 'traefik', [traefik('pr-7-todo-1f0a9c-web-80@kubernetescrd', 3)], 3],
    ['Traefik, a Gateway', 'traefik', [traefik('pr-7-todo-1f0a9c-web-http-80@kubernetesgateway', 3)], 3],
    ['Traefik, another Service', 'traefik', [traefik('pr-7-todo-1f0a9c-db-80@kubernetes', 3)], 0],
    ['Traefik, another namespace', 'traefik', [traefik('pr-71-todo-1f0a9c-web-80@kubernetes', 3)], 0],
    ['Traefik, another provider', 'traefik', [traefik('pr-7-todo-1f0a9c-web-80@file', 3)], 0],
    ['ingress-nginx', 'ingress-nginx', [nginx('pr-7-todo-1f0a9c', 'web', 2), nginx('pr-7-todo-1f0a9c', 'web-api', 5)], 7],
    ['ingress-nginx, others', 'ingress-nginx', [nginx('pr-7-todo-1f0a9c', 'db', 2), nginx('prod', 'web', 5)], 0],
    ['one metric of another program', 'ingress-nginx', [traefik('pr-7-todo-1f0a9c-web-80@kubernetes', 3)], 0],
  ])('%s', (_, app, lines, count) => expect(requestsFor(app, lines.join('\n'), LED)).toBe(count));

  test.each(['haproxy', undefined])('of %p nothing is known', (app) => expect(requestsFor(app, '', LED)).toBeUndefined());
});

describe('where a front door tells it', () => {
  const pod = (ports: object[], annotations: Record<string, string> = {}): Pod =>
    ({ metadata: { name: 'door', annotations }, spec: { containers: [{ name: 'one' }, { name: 'two', ports }] } }) as unknown as Pod;
  test.each<[string, Pod, ReturnType<typeof metricsOf>]>([
    [
      'a port of that name',
      pod([
        { name: 'web', containerPort: 80 },
        { name: 'metrics', containerPort: 9100 },
      ]),
      { port: 9100, path: '/metrics' },
    ],
    ['what Prometheus is told', pod([], { 'prometheus.io/port': '10254', 'prometheus.io/path': '/m' }), { port: 10254, path: '/m' }],
    ['a path that is none', pod([], { 'prometheus.io/port': '10254', 'prometheus.io/path': 'm' }), { port: 10254, path: '/metrics' }],
    ['no port', pod([{ name: 'web', containerPort: 80 }]), undefined],
    ['a port that is none', pod([], { 'prometheus.io/port': 'metrics' }), undefined],
    ['a port beyond all', pod([], { 'prometheus.io/port': '99999' }), undefined],
  ])('%s', (_, of, expected) => expect(metricsOf(of)).toEqual(expected));
});
