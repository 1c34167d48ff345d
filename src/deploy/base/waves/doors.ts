import type { KubernetesObject } from '../../../interfaces/kubernetes.ts';
import { isMap } from '../../../interfaces/values.ts';

/** Pure: whether two front doors may answer for the same host; one that names none answers for all. */
export function sharesHost(one: KubernetesObject, other: KubernetesObject): boolean {
  const [these, those] = [hostsOf(one), hostsOf(other)];
  return these.size === 0 || those.size === 0 || [...these].some((host) => those.has(host));
}

/** Wherever its kind writes them. A path without a host (an Ingress rule) is for all. */
function hostsOf({ spec }: KubernetesObject): Set<string> {
  const hosts = new Set<string>();
  const take = (value: unknown): void => {
    if (typeof value === 'string' && value !== '') hosts.add(value);
    if (Array.isArray(value)) value.forEach(take);
  };
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isMap(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      if (['host', 'hosts', 'hostname', 'hostnames', 'fqdn'].includes(key)) take(inner);
      else if (key === 'match' && typeof inner === 'string') for (const [, host] of inner.matchAll(/Host\w*\(`([^`]+)`/g)) take(host);
      else visit(inner);
    }
  };
  visit(spec);
  const rules = isMap(spec) && Array.isArray(spec.rules) ? spec.rules : [];
  return rules.some((rule) => isMap(rule) && 'http' in rule && !rule.host) ? new Set() : hosts;
}
