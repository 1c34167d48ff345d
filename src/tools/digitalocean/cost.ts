import type { DigitalOceanApi } from './api.ts';
import { clusterLoadBalancers, findCluster } from './clusters.ts';
import type { Cluster, LoadBalancer, Size } from './model.ts';

interface CostItem {
  /** `node pool web`, `load balancer a1b2` */
  what: string;
  /** Droplet size, or what is counted. */
  size: string;
  count: number;
  /** US dollars a month for all of them; undefined where DigitalOcean's API names no price. */
  monthlyUsd: number | undefined;
}

export interface CostEstimate {
  cluster: string;
  items: CostItem[];
  /** US dollars a month of everything that has a price. */
  monthlyUsd: number;
  /** What costs money, but has no price in the API. */
  unpriced: string[];
}

/**
 * Pure: nodes at the list price of their size. Prices of load balancers and of a highly available control plane are in no answer of the API:
 * they are counted, not priced. Volumes, bandwidth and the registry are not looked at.
 */
export function estimateCost(cluster: Cluster, sizes: readonly Size[], loadBalancers: readonly LoadBalancer[]): CostEstimate {
  const prices = new Map(sizes.map(({ slug, price_monthly }) => [slug, price_monthly]));
  const pools = cluster.node_pools.map(({ name, size, count }): CostItem => {
    const price = prices.get(size);
    return { what: `node pool ${name}`, size, count, monthlyUsd: price === undefined ? undefined : cents(price * count) };
  });
  const balancers = loadBalancers.map(
    ({ name, size_unit = 1 }): CostItem => ({
      what: `load balancer ${name}`,
      size: 'load balancer node',
      count: size_unit,
      monthlyUsd: undefined,
    }),
  );
  const plane: CostItem[] = cluster.ha ? [{ what: 'control plane', size: 'highly available', count: 1, monthlyUsd: undefined }] : [];
  const items = [...pools, ...balancers, ...plane];
  return {
    cluster: cluster.name,
    items,
    monthlyUsd: cents(items.reduce((sum, { monthlyUsd }) => sum + (monthlyUsd ?? 0), 0)),
    unpriced: items.filter(({ monthlyUsd }) => monthlyUsd === undefined).map(({ what }) => what),
  };
}

const cents = (usd: number): number => Math.round(usd * 100) / 100;

/** Asks for all of it. `cluster` is a name or an id. */
export async function readCost(api: DigitalOceanApi, cluster: string): Promise<CostEstimate> {
  const found = await findCluster(api, cluster);
  const [sizes, loadBalancers] = await Promise.all([
    api.pages<Size>('sizes', 'sizes', { what: 'the prices of Droplet sizes' }),
    clusterLoadBalancers(api, found),
  ]);
  return estimateCost(found, sizes, loadBalancers);
}
