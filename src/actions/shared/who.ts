import { randomBytes } from 'node:crypto';
import type { Who } from '../../deploy/index.ts';
import type { ActionContext } from '../../runtime/action.ts';

/** State for the post step: who held the lease. */
export const HOLDER = 'deployHolder';

export function whoRuns({ env, state }: Pick<ActionContext, 'env' | 'state'>): Who {
  const random = randomBytes(4).toString('hex');
  const repository = env.isRepositoryKnown ? env.repository : env.localName;
  return {
    repository,
    runUrl: env.runUrl ?? '',
    actor: env.actor,
    holder: state.get(HOLDER) || `${repository}/${env.runId}/${env.runAttempt}/${env.job}/${random}`,
  };
}
