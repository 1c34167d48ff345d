import type { Finding, SplitInput } from '../model.ts';
import type { Classified } from './classify.ts';
import type { PartHook } from './hooks.ts';
import { collisionRefusals, nameRefusals } from './names.ts';
import { podTemplateOf } from './pods.ts';
import { whenRefusals } from './workers.ts';

/** What makes the chart impossible to deploy in two colors, each with what to change. */
export function refusalsOf(
  input: SplitInput,
  classified: Classified,
  hooks: { base: readonly PartHook[]; color: readonly PartHook[] },
): Finding[] {
  const colored = [...classified.own, ...classified.copied, ...hooks.color.map((one) => one.hook.object)];
  const base = [...classified.base, ...hooks.base.map((one) => one.hook.object)];
  return [
    ...nothingToRun(classified),
    ...nameRefusals(colored, classified.plans),
    ...collisionRefusals(base, colored, classified.plans, input.namespace),
    ...whenRefusals(classified.own, classified.plans),
  ];
}

function nothingToRun(classified: Classified): Finding[] {
  return classified.own.some((object) => podTemplateOf(object) !== undefined)
    ? []
    : [
        {
          object: '',
          message: 'The chart has no Deployment and no CronJob of its own: there is nothing to switch or to run',
          hint: 'Look at the render with `helm template`; what is annotated or named as shared does not count.',
        },
      ];
}
