import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { AUTOSCALERS, RUN_ONCE, WORKLOADS } from '../../split/kinds/rows.ts';
import type { Color } from '../../split/model.ts';
import { isOf, removeUnrecorded } from '../base/leftovers.ts';
import { colorObjects } from '../kube/kinds.ts';
import { colorRelease, describe } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';

type Deps = Pick<AppContext, 'kubernetes' | 'options' | 'log'>;

/**
 * Removes of a color what its version does not have. Helm knows what one revision has: after an uninstall in the middle of a change, an
 * autoscaler that was left would scale the next version's workload, and a workload would take its Services' requests.
 */
export async function removeForgotten(run: Deps, color: Color, wanted: readonly KubernetesObject[]): Promise<void> {
  const { kubernetes, options } = run;
  const known = new Set(wanted.map(describe));
  const release = colorRelease(options.release, color);
  for (const kind of [...AUTOSCALERS, ...WORKLOADS, ...RUN_ONCE]) {
    const objects = (await colorObjects(kubernetes, options.release, color, kind)).map((object) => ({ ...object, ...kind.ref }));
    const left = objects.filter((object) => isOf(object, release, kubernetes.namespace) && !known.has(describe(object)));
    await removeUnrecorded(run, left);
  }
}
