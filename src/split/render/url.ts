import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { specOf } from '../kinds/fields.ts';
import { kindOf } from '../kinds/objects.ts';

/** First host in the render, as a URL without path: of an Ingress, HTTPRoute, Traefik IngressRoute or OpenShift Route. */
export function urlOf(objects: readonly KubernetesObject[]): string | undefined {
  for (const object of objects) {
    const found = hostOf(object, objects);
    if (found !== undefined) {
      return `${found.tls ? 'https' : 'http'}://${found.host}`;
    }
  }
  return undefined;
}

function hostOf(object: KubernetesObject, objects: readonly KubernetesObject[]): { host: string; tls: boolean } | undefined {
  switch (kindOf(object)) {
    case 'networking.k8s.io/Ingress':
      return ingressHost(specOf<IngressSpec>(object));
    case 'gateway.networking.k8s.io/HTTPRoute':
      return routeHost(specOf<RouteSpec>(object), objects);
    case 'traefik.io/IngressRoute':
      return traefikHost(specOf<TraefikSpec>(object));
    case 'route.openshift.io/Route': {
      const { host, tls } = specOf<OpenShiftSpec>(object);
      return concrete(host, tls !== undefined);
    }
    default:
      return undefined;
  }
}

function concrete(host: unknown, tls: boolean): { host: string; tls: boolean } | undefined {
  return typeof host === 'string' && host !== '' && !host.startsWith('*') ? { host, tls } : undefined;
}

interface IngressSpec {
  rules?: { host?: string }[];
  tls?: { hosts?: string[] }[];
}

function ingressHost(spec: IngressSpec): { host: string; tls: boolean } | undefined {
  const host = (spec.rules ?? []).map((rule) => rule.host).find((one) => concrete(one, false) !== undefined);
  const wildcard = host?.replace(/^[^.]+/, '*');
  const covers = (hosts: string[] | undefined) => hosts === undefined || hosts.some((one) => one === host || one === wildcard);
  return concrete(
    host,
    (spec.tls ?? []).some((tls) => covers(tls.hosts)),
  );
}

interface RouteSpec {
  hostnames?: string[];
  parentRefs?: { name: string; sectionName?: string }[];
}

function routeHost(spec: RouteSpec, objects: readonly KubernetesObject[]): { host: string; tls: boolean } | undefined {
  const host = (spec.hostnames ?? []).find((one) => concrete(one, false) !== undefined);
  const tls = (spec.parentRefs ?? []).some((parent) => {
    const gateway = objects.find((one) => kindOf(one) === 'gateway.networking.k8s.io/Gateway' && one.metadata.name === parent.name);
    const { listeners } = gateway === undefined ? {} : specOf<GatewaySpec>(gateway);
    const listener = listeners?.find((one) => one.protocol === 'HTTPS' && (parent.sectionName ?? one.name) === one.name);
    return listener !== undefined || (gateway === undefined && /https|tls|websecure/.test(parent.sectionName ?? ''));
  });
  return concrete(host, tls);
}

interface GatewaySpec {
  listeners?: { name: string; protocol: string }[];
}

interface OpenShiftSpec {
  host?: string;
  tls?: object;
}

interface TraefikSpec {
  routes?: { match?: string }[];
  tls?: object;
}

function traefikHost(spec: TraefikSpec): { host: string; tls: boolean } | undefined {
  const matches = (spec.routes ?? []).map((route) => /Host\(`([^`]+)`/.exec(route.match ?? '')?.[1]);
  return concrete(
    matches.find((host) => host !== undefined),
    spec.tls !== undefined,
  );
}
