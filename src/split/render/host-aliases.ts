import type { PodSpec } from 'kubernetes-types/core/v1.d.ts';
import type { ServicePlan } from '../model.ts';
import type { OtherName } from '../sort/other-names.ts';

/** Every name by which pods of the namespace may call a Service. */
export function serviceNames(service: string, namespace: string): string[] {
  return [service, `${service}.${namespace}`, `${service}.${namespace}.svc`, `${service}.${namespace}.svc.cluster.local`];
}

/** Address of each stable Service's own-color Service; one that does not exist yet is left out. */
export type Addresses = Readonly<Record<string, string>>;

/** The names that lead to a color: of its stable Services, and of those that are other names of them. */
interface Names {
  plans: readonly ServicePlan[];
  otherNames: readonly OtherName[];
}

/**
 * Leads every name of the stable Services to its color's own address, in place. The chart's own aliases come first and keep the names
 * that they define.
 */
export function addHostAliases(spec: PodSpec, { plans, otherNames }: Names, addresses: Addresses, namespace: string): void {
  const given = spec.hostAliases ?? [];
  const taken = new Set(given.flatMap((alias) => alias.hostnames ?? []));
  const byName = (one: { name: string }, other: { name: string }): number => (one.name < other.name ? -1 : 1);
  const added = [...plans.map(({ name }) => ({ name, of: name })).sort(byName), ...otherNames.toSorted(byName)].flatMap(({ name, of }) => {
    const ip = addresses[of];
    const hostnames = serviceNames(name, namespace).filter((one) => !taken.has(one));
    return ip === undefined || hostnames.length === 0 ? [] : [{ ip, hostnames }];
  });
  if (added.length > 0) {
    spec.hostAliases = [...given, ...added];
  }
}
