import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { isMap } from '../../interfaces/values.ts';
import { specOf } from '../kinds/fields.ts';
import { kindOf } from '../kinds/objects.ts';
import { type HostMap, isWildcard, replaceHosts } from './hosts.ts';

/** How users are led in by one kind: the hosts that are named there, and the object as a preview has it, in place. */
interface Door {
  hosts(object: KubernetesObject): string[];
  rewrite(object: KubernetesObject, map: HostMap, tlsSecret: string | undefined): void;
}

const texts = (values: unknown): string[] => (Array.isArray(values) ? values.map((value) => String(value ?? '')) : []);
/** Hosts of a list; none where it names wildcards alone, and the preview's own where it names nothing. */
const mapped = (hosts: readonly string[], map: HostMap): string[] => {
  const found = [...new Set(hosts.flatMap((host) => map.get(host) ?? []))];
  return found.length > 0 ? found : [map.get('') ?? ''];
};

interface IngressSpec {
  defaultBackend?: object;
  rules?: { host?: string; http?: object }[];
  tls?: { hosts?: string[]; secretName?: string }[];
}

const INGRESS: Door = {
  hosts: (object) => (specOf<IngressSpec>(object).rules ?? []).map(({ host }) => host ?? ''),
  rewrite: (object, map, tlsSecret) => {
    const spec = specOf<IngressSpec>(object);
    const led = (spec.rules ?? []).filter(({ host }) => !isWildcard(host ?? ''));
    const rules = led.map((rule) => ({ ...rule, host: map.get(rule.host ?? '') ?? '' }));
    // What leads all other requests in would take those of everybody.
    const all = spec.defaultBackend && { paths: [{ path: '/', pathType: 'Prefix', backend: spec.defaultBackend }] };
    if (all && !rules.some(({ host }) => host === map.get(''))) rules.push({ host: map.get('') ?? '', http: all });
    const { defaultBackend: _, ...rest } = spec;
    const hosts = [...new Set(rules.map(({ host }) => host))];
    const own = (spec.tls ?? []).map((tls) => ({ ...tls, hosts: tls.hosts ? mapped(tls.hosts, map) : hosts }));
    const tls = tlsSecret === undefined ? own : [{ hosts, secretName: tlsSecret }];
    object.spec = { ...rest, rules, ...(tls.length > 0 && { tls }) };
  },
};

interface RouteSpec {
  hostnames?: string[];
  rules?: { filters?: Record<string, unknown>[] }[];
}

const ROUTE: Door = {
  hosts: (object) => specOf<RouteSpec>(object).hostnames ?? [''],
  rewrite: (object, map) => {
    const spec = specOf<RouteSpec>(object);
    spec.hostnames = mapped(spec.hostnames ?? [], map);
    for (const filter of (spec.rules ?? []).flatMap(({ filters }) => filters ?? [])) {
      for (const part of [filter.requestRedirect, filter.urlRewrite]) {
        if (isMap(part) && typeof part.hostname === 'string') part.hostname = map.get(part.hostname) ?? part.hostname;
      }
    }
  },
};

interface GatewaySpec {
  listeners?: { hostname?: string; tls?: { certificateRefs?: object[] } }[];
}

const GATEWAY: Door = {
  hosts: (object) => (specOf<GatewaySpec>(object).listeners ?? []).flatMap(({ hostname }) => hostname ?? []),
  rewrite: (object, map, tlsSecret) => {
    for (const listener of specOf<GatewaySpec>(object).listeners ?? []) {
      listener.hostname = mapped([listener.hostname ?? ''], map)[0] ?? '';
      if (listener.tls && tlsSecret !== undefined) listener.tls.certificateRefs = [{ name: tlsSecret }];
    }
  },
};

interface TraefikSpec {
  routes?: { match?: string }[];
  tls?: Record<string, unknown>;
}
const TRAEFIK_HOST = /\bHost\(([^)]*)\)/g;

const TRAEFIK: Door = {
  hosts: (object) =>
    (specOf<TraefikSpec>(object).routes ?? []).flatMap(({ match = '' }) =>
      [...match.matchAll(TRAEFIK_HOST)].flatMap(([, names = '']) => [...names.matchAll(/[`"]([^`"]+)[`"]/g)].map(([, host = '']) => host)),
    ),
  rewrite: (object, map, tlsSecret) => {
    const spec = specOf<TraefikSpec>(object);
    for (const route of spec.routes ?? []) {
      const match = route.match ?? '';
      const named = match.replace(TRAEFIK_HOST, (found) => replaceHosts(found, map));
      route.match = new RegExp(TRAEFIK_HOST.source).test(match) ? named : `Host(\`${map.get('')}\`)${match && ` && (${match})`}`;
    }
    if (tlsSecret !== undefined) spec.tls = { secretName: tlsSecret };
  },
};

/** One host, at a path of fields. */
const single = (read: (spec: Record<string, unknown>) => Record<string, unknown> | undefined, field: string): Door => ({
  hosts: (object) => [String(read(specOf<Record<string, unknown>>(object))?.[field] ?? '')],
  rewrite: (object, map) => {
    const part = read(specOf<Record<string, unknown>>(object));
    if (part) part[field] = mapped([String(part[field] ?? '')], map)[0];
  },
});

/** Names that a certificate is for. */
const CERTIFICATE: Door = {
  hosts: () => [],
  rewrite: (object, map) => {
    const spec = specOf<{ dnsNames?: string[]; commonName?: string }>(object);
    if (spec.dnsNames) spec.dnsNames = mapped(texts(spec.dnsNames), map);
    if (spec.commonName !== undefined) spec.commonName = map.get(spec.commonName) ?? map.get('') ?? '';
  },
};

const DOORS: Readonly<Record<string, Door>> = {
  'networking.k8s.io/Ingress': INGRESS,
  'gateway.networking.k8s.io/HTTPRoute': ROUTE,
  'gateway.networking.k8s.io/GRPCRoute': ROUTE,
  'gateway.networking.k8s.io/TLSRoute': ROUTE,
  'gateway.networking.k8s.io/Gateway': GATEWAY,
  'traefik.io/IngressRoute': TRAEFIK,
  'route.openshift.io/Route': single((spec) => spec, 'host'),
  'projectcontour.io/HTTPProxy': single((spec) => (isMap(spec.virtualhost) ? spec.virtualhost : undefined), 'fqdn'),
  'cert-manager.io/Certificate': CERTIFICATE,
};

const doorOf = (object: KubernetesObject): Door | undefined => DOORS[kindOf(object)];

/** Pure: the hosts by which users are led in, in the order of the objects. */
export const hostsOf = (objects: readonly KubernetesObject[]): string[] => objects.flatMap((object) => doorOf(object)?.hosts(object) ?? []);

const ISSUERS = /^(cert-manager\.io\/|acme\.cert-manager\.io\/|kubernetes\.io\/tls-acme$)/;

/** Gives an object the preview's hosts, in place. Where one certificate serves all, none is asked for. */
export function rewriteHosts(object: KubernetesObject, map: HostMap, tlsSecret: string | undefined): void {
  doorOf(object)?.rewrite(object, map, tlsSecret);
  const { annotations } = object.metadata;
  if (!annotations) return;
  const kept = Object.entries(annotations).filter(([name]) => tlsSecret === undefined || !doorOf(object) || !ISSUERS.test(name));
  object.metadata.annotations = Object.fromEntries(kept.map(([name, value]) => [name, replaceHosts(String(value), map)]));
}
