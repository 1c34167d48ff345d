import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Kind } from '../../split/kinds/rows.ts';
import type { Color } from '../../split/model.ts';
import { removeUnnamed } from '../base/forgotten.ts';
import { colorObjects } from '../kube/kinds.ts';
import { colorRelease } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';

/**
 * Removes of a color what its version does not have. Helm knows what one revision has: after an uninstall in the middle of a change, an
 * autoscaler that was left would scale the next version's workload, and a workload would take its Services' requests.
 */
export const removeForgotten = (
  run: Pick<AppContext, 'kubernetes' | 'options' | 'log'>,
  color: Color,
  named: readonly KubernetesObject[],
): Promise<void> => {
  const { release } = run.options;
  const read = (kind: Kind) => colorObjects(run.kubernetes, release, color, kind);
  return removeUnnamed(run, { release: colorRelease(release, color), named, read });
};
