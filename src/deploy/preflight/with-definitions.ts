import { asHelms } from '../adoption/marks.ts';
import { createCrds, createDefinitions, isDefinition } from '../base/crds.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import type { DeployRun, Plan } from '../run/run.ts';
import { requireFeasible } from './feasible.ts';
import { makePlan } from './plan.ts';

/**
 * The plan of a chart whose kinds the cluster did not all know: as `helm install` does it, definitions come first, and then the render. They
 * only add to the cluster, and stay whatever comes of this run. Those among the templates are the base release's from the start; Helm itself
 * would give up on them.
 */
export async function withDefinitions(run: DeployRun, early: Plan): Promise<Plan> {
  const { release, chart } = run.options;
  await createCrds(run);
  const own = early.split.baseObjects.filter(isDefinition).map((object) => asHelms(object, release, run.kubernetes.namespace));
  await createDefinitions(run, own, 'helm');
  const plan = await makePlan(run);
  if (plan.apart !== undefined) throw new StepFailure('chart-invalid', `The chart ${chart} does not render: ${plan.apart}`);
  for (const line of await requireFeasible(run, plan)) run.log.info(line);
  return plan;
}
