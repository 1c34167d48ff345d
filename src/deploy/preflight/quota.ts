import type { KindRef, KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { ResourceQuota } from '../../interfaces/objects.ts';
import { REASONS } from '../../interfaces/reasons.ts';
import { podTemplateOf } from '../../split/kinds/pods.ts';
import { quantity } from '../../split/kinds/quantity.ts';
import { isScaled } from '../../split/kinds/rows.ts';
import { wantedReplicas } from '../color/replicas.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import type { Plan, Run } from '../run/run.ts';

const QUOTA: KindRef<ResourceQuota> = { apiVersion: 'v1', kind: 'ResourceQuota' };

interface Needs {
  pods: number;
  requests: Record<string, number>;
  limits: Record<string, number>;
}

/** Pure: what the idle color's long-running pods ask for; `counts` where it is not the chart that says how many. */
export function needsOf(objects: readonly KubernetesObject[], counts: ReadonlyMap<string, number> = new Map()): Needs {
  const needs: Needs = { pods: 0, requests: {}, limits: {} };
  for (const workload of objects.filter(isScaled)) {
    const replicas = counts.get(workload.metadata?.name) ?? workload.spec?.replicas ?? 1;
    needs.pods += replicas;
    for (const container of podTemplateOf(workload)?.spec?.containers ?? []) {
      for (const kind of ['requests', 'limits'] as const) {
        for (const [resource, amount] of Object.entries(container.resources?.[kind] ?? {})) {
          needs[kind][resource] = (needs[kind][resource] ?? 0) + quantity(amount) * replicas;
        }
      }
    }
  }
  return needs;
}

function wanted(needs: Needs, key: string): number | undefined {
  if (key === 'pods' || key === 'count/pods') return needs.pods;
  const [kind, resource] = key.includes('.') ? key.split(/\.(.*)/s) : ['requests', key];
  if (kind === 'requests' || kind === 'limits') return needs[kind][resource ?? ''];
  return undefined;
}

/** Pure: what a quota lacks for these needs, as text. */
export function quotaShortage(quota: ResourceQuota, needs: Needs): string[] {
  return Object.entries(quota.status?.hard ?? {}).flatMap(([key, hard]) => {
    const used = quota.status?.used?.[key];
    const more = wanted(needs, key);
    if (more === undefined || more === 0 || quantity(used) + more <= quantity(hard)) return [];
    return [`${key}: ${hard} allowed, ${used} used, ${Math.round(more * 1000) / 1000} more needed`];
  });
}

/** Errors: `StepFailure` (quota-exceeded) where the namespace's quota cannot hold the second color. Scoped quotas are left to the API server. */
export async function requireQuota(run: Pick<Run, 'kubernetes' | 'options'>, plan: Plan): Promise<void> {
  const { kubernetes } = run;
  const review = { verb: 'list', group: '', resource: 'resourcequotas', namespace: kubernetes.namespace };
  if ((await kubernetes.denied([review])).length > 0) return;
  const { items } = await kubernetes.list(QUOTA);
  if (items.length === 0) return;
  const needs = needsOf(plan.split.colorObjects, await wantedReplicas(run, plan, plan.split.workloads));
  for (const quota of items.filter((one) => !one.spec?.scopes && !one.spec?.scopeSelector)) {
    const shortage = quotaShortage(quota, needs);
    if (shortage.length === 0) continue;
    throw new StepFailure('quota-exceeded', `The quota ${quota.metadata.name} cannot hold a second color: ${shortage.join('; ')}`, {
      hint: REASONS['quota-exceeded'].todo,
    });
  }
}
