import type { Route } from '../../interfaces/gateway.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { isRoute } from '../gateway/attach.ts';
import { backendsOf } from '../gateway/backends.ts';
import { type Served, servedBy } from '../gateway/served.ts';
import { specOf } from '../kinds/fields.ts';
import { kindOf } from '../kinds/objects.ts';

/** What is known beside the render. */
interface Known {
  /** The app's own. */
  namespace: string;
  /** Gateways that the routes name, and their classes, as the cluster has them. */
  gateways: readonly KubernetesObject[];
}

/** First host in the render, as a URL without path: of an Ingress, HTTPRoute, Traefik IngressRoute or OpenShift Route. */
export function urlOf(objects: readonly KubernetesObject[], known: Known): string | undefined {
  // A route that only leads to another address would be checked in the place of the app.
  const doors = [...objects.filter((object) => !redirects(object)), ...objects.filter(redirects)];
  for (const object of doors) {
    const found = hostOf(object, objects, known);
    if (found !== undefined) {
      return `${found.tls ? 'https' : 'http'}://${found.host}${found.port === undefined ? '' : `:${found.port}`}`;
    }
  }
  return undefined;
}

const redirects = (object: KubernetesObject): boolean => isRoute(object) && backendsOf(object).length === 0;

function hostOf(object: KubernetesObject, objects: readonly KubernetesObject[], known: Known): Served | undefined {
  switch (kindOf(object)) {
    case 'networking.k8s.io/Ingress':
      return ingressHost(specOf<IngressSpec>(object));
    case 'gateway.networking.k8s.io/HTTPRoute':
      return servedBy(object as Route, [...objects, ...known.gateways], known);
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
