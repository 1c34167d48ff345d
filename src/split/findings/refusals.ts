import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { titleOf } from '../kinds/objects.ts';
import { podTemplateOf } from '../kinds/pods.ts';
import { WORKLOADS } from '../kinds/rows.ts';
import { type Finding, PART_ANNOTATION, type SplitInput } from '../model.ts';
import type { PartHook } from '../read/hooks.ts';
import type { Classified } from '../sort/classify.ts';
import { whenRefusals } from '../sort/workers.ts';
import { collisionRefusals, foreignReferenceRefusals } from './colored-names.ts';
import { meshRefusals } from './mesh.ts';
import { podRefusals } from './pod-refusals.ts';

/** What makes the chart impossible to deploy in two colors, each with what to change. */
export function refusalsOf(
  input: SplitInput,
  classified: Classified,
  hooks: { base: readonly PartHook[]; color: readonly PartHook[] },
): Finding[] {
  const services: KubernetesObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `${input.release}-services` } };
  const colored = [
    services,
    ...classified.own,
    ...classified.copied,
    ...hooks.color.filter(({ keepsName }) => !keepsName).map((one) => one.hook.object),
  ];
  const base = [...classified.base, ...hooks.base.map((one) => one.hook.object)];
  return [
    ...nothingToRun(classified),
    ...elsewhere(classified, input.namespace),
    ...podRefusals(classified.own, classified.base),
    ...meshRefusals(classified.own, input.stack),
    ...collisionRefusals(base, colored, classified.plans, input.namespace),
    ...foreignReferenceRefusals([...base, ...colored], [...base, ...colored], colored, input.namespace),
    ...whenRefusals(classified.own, classified.plans),
  ];
}

/** The workloads of its own that a chart can have on any cluster. */
const EVERYWHERE = WORKLOADS.filter((kind) => kind.access?.always)
  .map(({ ref }) => `no ${ref.kind}`)
  .join(' and ');

function nothingToRun(classified: Classified): Finding[] {
  return classified.own.some((object) => podTemplateOf(object) !== undefined)
    ? []
    : [
        {
          object: '',
          message: `The chart has ${EVERYWHERE} of its own: there is nothing to switch or to run`,
          hint: 'Look at the render with `helm template`; what is annotated or named as shared does not count.',
        },
      ];
}

/** One app is one namespace: the lease, the journal and the switch look nowhere else. */
function elsewhere(classified: Classified, namespace: string): Finding[] {
  return classified.own
    .filter((object) => (object.metadata.namespace ?? namespace) !== namespace)
    .map((object) => ({
      object: titleOf(object),
      message: `is in the namespace ${object.metadata.namespace}, the app is deployed into ${namespace}`,
      hint: `Leave metadata.namespace out, or mark it as shared: annotation ${PART_ANNOTATION}: base.`,
    }));
}
