import { colorWorkloads, stableServices } from '../../deploy/kube/live.ts';
import { LEASE, leaseName, SERVICE } from '../../deploy/kube/names.ts';
import { holderOf } from '../../deploy/state/lease-object.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import { COLORS } from '../../split/model.ts';
import type { ColorFacts } from './decide.ts';

/** What lives of an app, in its namespace. `mine`: its own holder of the lease does not count. */
export async function readFacts(kubernetes: Kubernetes, release: string, mine?: string): Promise<Omit<ColorFacts, 'journal'>> {
  const [lease, { items }, workloads] = await Promise.all([
    kubernetes.get({ ...LEASE, name: leaseName(release) }),
    kubernetes.list(SERVICE),
    Promise.all(COLORS.map(async (color) => ({ color, count: (await colorWorkloads(kubernetes, release, color)).size }))),
  ]);
  return {
    holder: lease?.spec?.holderIdentity === mine ? undefined : holderOf(lease),
    services: stableServices(items, release),
    colors: workloads.filter(({ count }) => count > 0).map(({ color }) => color),
  };
}
