import type { PodSpec, ResourceRequirements } from 'kubernetes-types/core/v1.d.ts';
import { quantity } from '../../split/kinds/quantity.ts';

/** Amounts by resource: cores, bytes, pods. */
export type Requests = Record<string, number>;

export const amounts = (resources: Readonly<Record<string, string | number>>): Requests =>
  Object.fromEntries(Object.entries(resources).map(([name, text]) => [name, quantity(text)]));

/** What a pod asks for as a whole: newer than the published types. */
interface PodResources {
  resources?: ResourceRequirements;
}

/** Pure: what the scheduler counts for a pod: containers and sidecars together, or its largest init container, whichever is more. */
export function podRequests(spec: (PodSpec & PodResources) | undefined): Requests {
  const containers = spec?.containers ?? [];
  const inits = spec?.initContainers ?? [];
  const sidecars: Requests = {};
  const starting: Requests = {};
  for (const init of inits) {
    const own = requestsOf(init);
    if (init.restartPolicy === 'Always') add(sidecars, own);
    else most(starting, sum(sidecars, own));
  }
  const running = [sidecars, ...containers.map(requestsOf)].reduce(sum, {});
  most(running, starting);
  // Set for the pod as a whole, it is what counts.
  Object.assign(running, amounts(spec?.resources?.requests ?? {}));
  return { ...sum(running, amounts(spec?.overhead ?? {})), pods: 1 };
}

/** A limit without a request is a request. */
const requestsOf = ({ resources }: PodResources): Requests => amounts({ ...resources?.limits, ...resources?.requests });

function add(to: Requests, more: Requests): void {
  for (const [name, amount] of Object.entries(more)) to[name] = (to[name] ?? 0) + amount;
}

function sum(one: Requests, other: Requests): Requests {
  const all = { ...one };
  add(all, other);
  return all;
}

function most(to: Requests, other: Requests): void {
  for (const [name, amount] of Object.entries(other)) to[name] = Math.max(to[name] ?? 0, amount);
}

/** Pure: an amount for people: `250m` of cpu, `1.5Gi` of memory. */
export function amountText(resource: string, amount: number): string {
  if (resource === 'cpu') return amount < 10 ? `${Math.round(amount * 1000)}m` : String(Math.round(amount * 10) / 10);
  if (!/memory|storage|hugepages/.test(resource)) return String(Math.round(amount * 1000) / 1000);
  const size = amount >= 2 ** 30 ? ([2 ** 30, 'Gi'] as const) : ([2 ** 20, 'Mi'] as const);
  return `${Math.round((amount / size[0]) * 10) / 10}${size[1]}`;
}
