import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { annotationOf, titleOf } from '../kinds/objects.ts';
import { isLongRunning } from '../kinds/pods.ts';
import { type Finding, PART_ANNOTATION, type SplitInput } from '../model.ts';
import { type Obstacle, obstacles, serviceObstacles } from './obstacles.ts';
import { leadsTo, switchable } from './stable-services.ts';

export interface OneColor {
  /** Workloads that stay in the base, each with its first reason. */
  inPlace: Map<KubernetesObject, Obstacle>;
  refusals: Finding[];
}

/**
 * Pure: which of a color's workloads cannot have two colors. One that moves to the base takes what shares a Service with it along, since no
 * switch moves a part of a Service's pods. Refused where the strategy is blue-green, or where the chart says `color` against what can be.
 */
export function findOneColor(
  own: ReadonlySet<KubernetesObject>,
  { objects, services }: { objects: readonly KubernetesObject[]; services: readonly KubernetesObject[] },
  input: SplitInput,
): OneColor {
  const inPlace = new Map<KubernetesObject, Obstacle>();
  const refused = new Map<string, Finding>();
  const here = (object: KubernetesObject) => (object.metadata.namespace ?? input.namespace) === input.namespace;
  // A claim that is the color's own is another one in each.
  const common = objects.filter((object) => !own.has(object));
  const movable = switchable(services, input.namespace);
  for (let found = true; found; ) {
    const left = objects.filter((object) => own.has(object) && !inPlace.has(object));
    const running = objects.filter((object) => isLongRunning(object) && here(object));
    const ofServices = movable.flatMap((service) => {
      const behind = running.filter((workload) => leadsTo(service, workload));
      const mine = behind.filter((workload) => left.includes(workload));
      return serviceObstacles(
        service,
        mine,
        behind.filter((workload) => !mine.includes(workload)),
      );
    });
    found = false;
    for (const obstacle of [...obstacles(left, common, input), ...ofServices]) {
      if (isOverruled(obstacle)) continue;
      if (input.strategy === 'blue-green' || saysColor(obstacle.workload)) {
        const finding = refusal(obstacle, input);
        refused.set(`${finding.object} ${finding.message}`, finding);
      } else if (!inPlace.has(obstacle.workload)) {
        inPlace.set(obstacle.workload, obstacle);
        found = true;
      }
    }
  }
  return { inPlace, refusals: [...refused.values()] };
}

const saysColor = (workload: KubernetesObject): boolean => annotationOf(workload, PART_ANNOTATION) === 'color';

/** What only looks like an obstacle is none where the user knows better. */
const isOverruled = ({ byLooks, workload }: Obstacle): boolean => byLooks === true && saysColor(workload);

const refusal = ({ workload, finding }: Obstacle, { strategy }: SplitInput): Finding => ({
  ...finding,
  hint: `${finding.hint ?? ''} Or ${
    strategy === 'blue-green' ? 'set strategy: auto' : `remove the annotation ${PART_ANNOTATION}`
  }: ${titleOf(workload)} is then updated in place, not blue-green.`,
});
