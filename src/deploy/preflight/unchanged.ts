import { countsReplicas } from '../../split/kinds/rows.ts';
import { secretsChanged } from '../base/secrets.ts';
import { driftText } from '../drift/model.ts';
import { colorWorkloads } from '../kube/live.ts';
import type { Plan } from '../run/run.ts';
import { sayDrift, servingDrift } from './lives.ts';
import type { Preflight } from './plan.ts';

/** Whether this very version already serves, in full: as the journal says it and as it lives. What is not as it was deployed is said. */
export async function isUnchanged(run: Preflight, plan: Plan): Promise<boolean> {
  const { serving, split, active } = plan;
  if (!active || !serving || serving.partHash !== split.partHash || serving.baseHash !== split.baseHash) return false;
  if (plan.unserved || plan.baseDrift || (await secretsChanged(run))) return false;
  const drift = await servingDrift(run, plan, active);
  sayDrift(run, drift.map(driftText));
  return drift.length === 0 && (await isReady(run, plan, active));
}

async function isReady({ kubernetes, options }: Preflight, { split }: Plan, active: NonNullable<Plan['active']>): Promise<boolean> {
  const deployments = await colorWorkloads(kubernetes, options.release, active);
  return split.workloads.every((workload) => {
    if (!countsReplicas(workload) || workload.worker) return true;
    const status = deployments.get(workload.name)?.status;
    // One that the chart switches off has no status to show.
    return (status?.availableReplicas ?? 0) >= (status?.replicas ?? (workload.replicas === 0 ? 0 : 1));
  });
}
