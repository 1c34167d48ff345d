import { hasDigest } from '../../interfaces/image-reference.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import type { Plan, Run } from '../run/run.ts';
import { requireAccess } from './access.ts';
import { requireCapacity } from './capacity.ts';
import { requireOwnObjects } from './own-objects.ts';
import type { Preflight } from './plan.ts';
import { requireQuota } from './quota.ts';
import { requireRoutes } from './routes.ts';
import { requireEndedJobs } from './running-jobs.ts';
import { requireSizes } from './sizes.ts';
import { requireValid } from './valid.ts';

/** What the checks need, of a deploy as of a rollback. */
type Feasibility = Omit<Preflight, 'options'> & Pick<Run, 'options'>;

/**
 * Everything that can be known before anything is touched. Returns what can be known only later, a line each. Errors: `ConfigurationError`,
 * `StepFailure`.
 */
export async function requireFeasible(run: Feasibility, plan: Plan): Promise<string[]> {
  const objects = [...plan.split.baseObjects, ...plan.split.colorObjects];
  // Rights first: without them the rest fails in ways that name no cause.
  await requireAccess(run, objects);
  await requireOwnObjects(run, plan);
  const [later] = await Promise.all([
    requireValid(run, plan),
    requireEndedJobs(run, plan),
    requireImages(run, plan),
    requireQuota(run, plan),
    requireCapacity(run, plan),
    requireSizes(run, plan),
    requireRoutes(run, plan),
  ]);
  return later;
}

async function requireImages(run: Feasibility, plan: Plan): Promise<void> {
  const missing = await missingImages(run, plan);
  if (missing.length === 0) return;
  throw new StepFailure('image-not-found', `The registry does not have ${missing.join(', ')}`, {
    hint: plan.rollback
      ? 'It was removed from the registry: roll back to another version (list: true shows them), or build that commit again.'
      : 'Was the image pushed, and is the input "registry" the same as for the build?',
  });
}

/** Images by digest that the registry says it does not have. */
export async function missingImages(run: Pick<Run, 'imageExists'>, plan: Plan): Promise<string[]> {
  const references = [...new Set(plan.split.images.map((entry) => entry.image).filter(hasDigest))];
  const found = await Promise.all(references.map(run.imageExists));
  return references.filter((_, index) => found[index] === 'no');
}
