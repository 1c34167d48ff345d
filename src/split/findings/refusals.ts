import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { WORKLOADS } from '../kinds/rows.ts';
import type { Finding, SplitInput } from '../model.ts';
import type { PartHook } from '../read/hooks.ts';
import { type Classified, isColorless } from '../sort/classify.ts';
import { whenRefusals } from '../sort/workers.ts';
import { collisionRefusals, foreignReferenceRefusals } from './colored-names.ts';
import { meshRefusals } from './mesh.ts';

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
    ...nothingToRun(input, classified, base),
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

function nothingToRun({ strategy }: SplitInput, classified: Classified, base: readonly KubernetesObject[]): Finding[] {
  if (classified.own.length + base.length === 0) {
    return [
      {
        object: '',
        message: 'The chart renders no object at all',
        hint: 'Look at the render with `helm template`: which values switch its parts on?',
      },
    ];
  }
  return strategy !== 'blue-green' || !isColorless(classified)
    ? []
    : [
        {
          object: '',
          message: `The chart has ${EVERYWHERE} of its own: there is nothing to switch`,
          hint: 'Set strategy: auto (the default): it is then deployed in place, and goes back by itself where it fails.',
        },
      ];
}
