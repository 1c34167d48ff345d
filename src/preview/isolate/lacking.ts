import { NAMESPACE } from '../../deploy/kube/names.ts';
import type { KindRef, Kubernetes } from '../../interfaces/kubernetes.ts';
import type { ResourceQuota } from '../../interfaces/objects.ts';
import type { Isolation } from './objects.ts';
import { readable } from './readable.ts';

const RESOURCE_QUOTA: KindRef<ResourceQuota> = { apiVersion: 'v1', kind: 'ResourceQuota' };
const ENFORCED = 'pod-security.kubernetes.io/enforce';
/** From the closest to the most open. */
const LEVELS: readonly string[] = ['restricted', 'baseline', 'privileged'];

/** What a namespace that others have made does not give its previews: a line each. Nobody but they can mend it, so it is said. */
export async function lacking(
  kubernetes: Kubernetes,
  { namespace, podSecurity }: Pick<Isolation, 'namespace' | 'podSecurity'>,
): Promise<string[]> {
  const [level, quotas] = await Promise.all([
    readable(async () => (await kubernetes.get({ ...NAMESPACE, name: namespace }))?.metadata.labels?.[ENFORCED] ?? ''),
    readable(async () => (await kubernetes.list(RESOURCE_QUOTA)).items.length),
  ]);
  return [...levelText(namespace, podSecurity, level), ...quotaText(namespace, quotas)];
}

/** Pure. */
function levelText(namespace: string, wanted: string, level: string | undefined): string[] {
  if (level === undefined) return [`Whether namespace ${namespace} enforces Pod Security cannot be seen by this account`];
  // The cluster's own default is not to be seen, and mostly none.
  const open = LEVELS.indexOf(level === '' ? 'privileged' : level);
  if (open !== -1 && open <= LEVELS.indexOf(wanted)) return [];
  return [`Namespace ${namespace} enforces ${level === '' ? 'no Pod Security' : `Pod Security ${level}`}, and ${wanted} is asked for`];
}

/** Pure. */
function quotaText(namespace: string, quotas: number | undefined): string[] {
  if (quotas === undefined) return [`Whether namespace ${namespace} has a ResourceQuota cannot be seen by this account`];
  return quotas > 0 ? [] : [`Namespace ${namespace} has no ResourceQuota: what previews use together is not limited`];
}
