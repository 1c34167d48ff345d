import type { PodSpec } from 'kubernetes-types/core/v1.d.ts';
import type { ServicePlan } from '../model.ts';

/** Every name by which pods of the namespace may call a Service. */
export function serviceNames(service: string, namespace: string): string[] {
  return [service, `${service}.${namespace}`, `${service}.${namespace}.svc`, `${service}.${namespace}.svc.cluster.local`];
}

/** Address of each stable Service's own-color Service; one that does not exist yet is left out. */
export type Addresses = Readonly<Record<string, string>>;

/**
 * Leads the names of every stable Service to its color's own address, in place. The chart's own aliases come first and keep the names
 * that they define.
 */
export function addHostAliases(spec: PodSpec, plans: readonly ServicePlan[], addresses: Addresses, namespace: string): void {
  const given = spec.hostAliases ?? [];
  const taken = new Set(given.flatMap((alias) => alias.hostnames ?? []));
  const added = plans
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((plan) => {
      const ip = addresses[plan.name];
      const hostnames = serviceNames(plan.name, namespace).filter((name) => !taken.has(name));
      return ip === undefined || hostnames.length === 0 ? [] : [{ ip, hostnames }];
    });
  if (added.length > 0) {
    spec.hostAliases = [...given, ...added];
  }
}
