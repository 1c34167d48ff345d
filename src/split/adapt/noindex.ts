import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { isMap } from '../../interfaces/values.ts';
import { specOf } from '../kinds/fields.ts';
import { kindOf } from '../kinds/objects.ts';
import type { NoIndex } from '../model.ts';

/** What answers of a preview say to those who search the web. */
export const NOINDEX_HEADER = 'X-Robots-Tag';
export const NOINDEX = 'noindex';

const MIDDLEWARES = 'traefik.ingress.kubernetes.io/router.middlewares';
const CUSTOM_HEADERS = 'nginx.ingress.kubernetes.io/custom-headers';

/** Has the front door say in its answers that nobody is to index them, in place; by what it is known to take. */
export function keepOutOfSearch(object: KubernetesObject, noindex: NoIndex, namespace: string): void {
  KINDS[kindOf(object)]?.(object, noindex, namespace);
}

const KINDS: Readonly<Record<string, (object: KubernetesObject, noindex: NoIndex, namespace: string) => void>> = {
  'networking.k8s.io/Ingress': (object, { middleware, headers }, namespace) => {
    const annotations = object.metadata.annotations ?? {};
    const own = middleware && `${namespace}-${middleware}@kubernetescrd`;
    object.metadata.annotations = {
      ...annotations,
      ...(own && { [MIDDLEWARES]: [annotations[MIDDLEWARES], own].filter(Boolean).join(',') }),
      // The chart's own ones have their reasons.
      ...(headers && !annotations[CUSTOM_HEADERS] && { [CUSTOM_HEADERS]: `${namespace}/${headers}` }),
    };
  },
  'traefik.io/IngressRoute': (object, { middleware }) => {
    if (middleware === undefined) return;
    for (const route of specOf<{ routes: { middlewares?: object[] }[] }>(object).routes ?? []) {
      route.middlewares = [...(route.middlewares ?? []), { name: middleware }];
    }
  },
  'gateway.networking.k8s.io/HTTPRoute': (object, { filter }) => {
    if (!filter) return;
    for (const rule of specOf<{ rules: { filters?: unknown[] }[] }>(object).rules ?? []) rule.filters = withHeader(rule.filters ?? []);
  },
  'projectcontour.io/HTTPProxy': (object) => {
    for (const route of specOf<{ routes: { responseHeadersPolicy?: unknown }[] }>(object).routes ?? []) {
      route.responseHeadersPolicy = setting(route.responseHeadersPolicy);
    }
  },
};

const MODIFIER = 'ResponseHeaderModifier';

/** A rule has one filter of this type at most. */
function withHeader(filters: unknown[]): unknown[] {
  const isModifier = (one: unknown): one is Record<string, unknown> => isMap(one) && one.type === MODIFIER;
  if (!filters.some(isModifier)) return [...filters, { type: MODIFIER, responseHeaderModifier: setting(undefined) }];
  return filters.map((one) => (isModifier(one) ? { ...one, responseHeaderModifier: setting(one.responseHeaderModifier) } : one));
}

/** What is done to headers, with ours set; it has one entry for each name. */
function setting(policy: unknown): object {
  const before = isMap(policy) ? policy : {};
  const isOther = (one: unknown): boolean => !isMap(one) || String(one.name).toLowerCase() !== NOINDEX_HEADER.toLowerCase();
  const others = Array.isArray(before.set) ? before.set.filter(isOther) : [];
  return { ...before, set: [...others, { name: NOINDEX_HEADER, value: NOINDEX }] };
}
