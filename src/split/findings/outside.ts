import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { serviceSpec } from '../kinds/fields.ts';
import { kindOf, titleOf } from '../kinds/objects.ts';
import { isLongRunning, podTemplateOf } from '../kinds/pods.ts';
import { COLOR_LABEL, COLORS, type Finding, type SplitResult } from '../model.ts';
import { claimsOf, isOfOneNode } from '../sort/obstacles.ts';
import { colorServiceName, hasPortOf, selects } from '../sort/services.ts';

/**
 * Live Services of the namespace that are neither the chart's nor ours, and would select the color's pods before they are proved.
 * A Service that names a color in its selector means it.
 */
export function outsideServiceRefusals(live: readonly KubernetesObject[], split: SplitResult): Finding[] {
  const stable = split.services.map((service) => service.name);
  const known = new Set([
    ...split.baseObjects.filter((object) => kindOf(object) === '/Service').map((object) => object.metadata.name),
    ...COLORS.flatMap((color) => stable.map((name) => colorServiceName(name, color))),
  ]);
  return live
    .filter((service) => !known.has(service.metadata.name) && serviceSpec(service).selector?.[COLOR_LABEL] === undefined)
    .flatMap((service) => {
      const pods = split.colorObjects.filter((object) => isLongRunning(object) && selects(service, object) && hasPortOf(service, object));
      return pods.length === 0
        ? []
        : [
            {
              object: titleOf(service),
              message: `is not part of this chart and would send its users to ${pods.map(titleOf).join(', ')} before it is proved`,
              hint: 'Take the Service into the chart, or give its selector a label that only its own pods have.',
            },
          ];
    });
}

/** Names of claims that the color's pods mount and that are not of the chart. */
export function outsideClaims(split: SplitResult): string[] {
  const own = split.baseObjects.filter((object) => kindOf(object) === '/PersistentVolumeClaim').map((object) => object.metadata.name);
  const mounted = split.colorObjects.flatMap((object) => claimsOf(podTemplateOf(object)?.spec));
  return [...new Set(mounted)].filter((name) => !own.includes(name));
}

/** Pure: names of those, as they are in the cluster, which only one node may use at a time. */
export const claimsOfOneNode = (live: readonly KubernetesObject[]): string[] =>
  live.filter(isOfOneNode).map((claim) => claim.metadata.name);

/**
 * With `externalTrafficPolicy: Local` a node answers with its own pods only: one that has pods of the old color and none of the new would
 * serve nobody after the switch.
 */
export function localTrafficRefusals(service: KubernetesObject, nodes: { old: readonly string[]; new: readonly string[] }): Finding[] {
  const lost = [...new Set(nodes.old)].filter((node) => !nodes.new.includes(node)).sort();
  return serviceSpec(service).externalTrafficPolicy !== 'Local' || lost.length === 0
    ? []
    : [
        {
          object: titleOf(service),
          message: `has externalTrafficPolicy: Local, and ${lost.join(', ')} would have no pod of the new version: its traffic would be lost`,
          hint: 'Spread the pods over all nodes (topologySpreadConstraints, more replicas), or use externalTrafficPolicy: Cluster.',
        },
      ];
}
