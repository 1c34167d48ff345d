import type { KubernetesObject } from '../interfaces/kubernetes.ts';
import { StepFailure } from './failure.ts';
import type { Plan, Run } from './run.ts';

const QUOTA = { apiVersion: 'v1', kind: 'ResourceQuota' };
const SUFFIX: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Pure: a Kubernetes quantity (`200m`, `256Mi`) as a number. */
export function quantity(text: string | number | undefined): number {
  const match = /^([\d.]+)([A-Za-z]{0,2})$/.exec(String(text ?? '0'));
  return match ? Number(match[1]) * (SUFFIX[match[2] ?? ''] ?? 1) : 0;
}

interface Needs {
  pods: number;
  requests: Record<string, number>;
  limits: Record<string, number>;
}

/** Pure: what the idle color's long-running pods ask for. */
export function needsOf(objects: readonly KubernetesObject[]): Needs {
  const needs: Needs = { pods: 0, requests: {}, limits: {} };
  for (const deployment of objects.filter((object) => object.kind === 'Deployment')) {
    const replicas = deployment.spec?.replicas ?? 1;
    needs.pods += replicas;
    for (const container of deployment.spec?.template?.spec?.containers ?? []) {
      for (const kind of ['requests', 'limits'] as const) {
        for (const [resource, amount] of Object.entries(container.resources?.[kind] ?? {})) {
          needs[kind][resource] = (needs[kind][resource] ?? 0) + quantity(amount as string) * replicas;
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

/** Pure: what a quota has not got left for these needs, in words. */
export function quotaShortage(quota: KubernetesObject, needs: Needs): string[] {
  return Object.entries(quota.status?.hard ?? {}).flatMap(([key, hard]) => {
    const used = quota.status?.used?.[key];
    const more = wanted(needs, key);
    if (more === undefined || more === 0 || quantity(used) + more <= quantity(hard as string)) return [];
    return [`${key}: ${hard} allowed, ${used} used, ${Math.round(more * 1000) / 1000} more needed`];
  });
}

/** Errors: `StepFailure` (quota-exceeded) where the namespace's quota cannot hold the second color. Scoped quotas are left to the API server. */
export async function requireQuota(run: Pick<Run, 'kubernetes'>, plan: Plan): Promise<void> {
  const { kubernetes } = run;
  const review = { verb: 'list', group: '', resource: 'resourcequotas', namespace: kubernetes.namespace };
  if ((await kubernetes.denied([review])).length > 0) return;
  const { items } = await kubernetes.list(QUOTA);
  const running = plan.split.colorObjects;
  for (const quota of items.filter((one) => !one.spec?.scopes && !one.spec?.scopeSelector)) {
    const shortage = quotaShortage(quota, needsOf(running));
    if (shortage.length === 0) continue;
    throw new StepFailure('quota-exceeded', `The quota ${quota.metadata.name} cannot hold a second color: ${shortage.join('; ')}`, {
      hint: 'Two versions run side by side during a deploy: raise the quota, or lower requests or replicas.',
    });
  }
}
