import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { missingPort, uncoloredName } from '../../split/index.ts';
import { isLongRunning, podLabelsOf } from '../../split/kinds/pods.ts';
import { COLOR_LABEL, type Finding, type SplitResult } from '../../split/model.ts';
import { hasPort } from '../../split/sort/services.ts';
import { SERVICE, selects } from '../kube/names.ts';

/**
 * Pure: ports by name that a workload of the version that serves has (`serving`, by its name without the color), and the same one of this
 * version has not: Kubernetes would leave its pods out of that port without a word, and users of it would find nobody.
 */
export function lostPorts(
  { services, colorObjects }: Pick<SplitResult, 'services' | 'colorObjects'>,
  serving: ReadonlyMap<string, KubernetesObject>,
): Finding[] {
  return services.flatMap(({ name, selector, ports }) =>
    colorObjects
      .filter((object) => isLongRunning(object) && selects(selector, podLabelsOf(object)))
      .flatMap((object) => {
        const workload = asInChart(object);
        const before = serving.get(workload.metadata.name);
        const lost = ports.filter((port) => before && hasPort(before, port) && !hasPort(object, port));
        return lost.map((port) => {
          const finding = missingPort({ kind: SERVICE.kind, metadata: { name } }, port, workload);
          return { ...finding, message: `${finding.message}, and the version that serves has it` };
        });
      }),
  );
}

/** Under its own name, as the chart has it. */
function asInChart(object: KubernetesObject): KubernetesObject {
  const color = object.metadata.labels?.[COLOR_LABEL];
  return { ...object, metadata: { ...object.metadata, name: color === undefined ? object.metadata.name : uncoloredName(object, color) } };
}
