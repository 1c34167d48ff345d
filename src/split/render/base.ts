import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { clone, kindOf } from '../kinds/objects.ts';
import { podTemplateOf } from '../kinds/pods.ts';
import { readyKind } from '../kinds/rows.ts';
import type { SharedWorkload, SplitInput } from '../model.ts';
import type { PartObject } from '../part/pack.ts';
import { annotateHook, type PartHook } from '../read/hooks.ts';
import type { Classified } from '../sort/classify.ts';
import { withoutSelector } from '../sort/services.ts';
import { addHostAliases } from './host-aliases.ts';
import { allServiceVariables, setServiceVariables, takesServiceVariables } from './service-env.ts';

/**
 * The base part's objects, as rendered, in the render's order: stable Services without selector, hooks last. `config`: whatever of the chart
 * the hooks may read their variables from.
 */
export function renderBase(
  input: SplitInput,
  classified: Classified,
  hooks: readonly PartHook[],
  config: readonly KubernetesObject[],
): PartObject[] {
  const stable = new Set(classified.stable);
  const objects = classified.base.map((object) => (stable.has(object) ? withoutSelector(object) : object));
  const mapped = hooks.map((one) => {
    const object = clone(one.hook.object);
    annotateHook(object, one, one.hook.weight);
    closeStack(object, input, classified, config);
    return object;
  });
  return [...objects, ...mapped].map((object) => ({ object, name: object.metadata.name }));
}

/** Hooks of the base run for the new version: they call its color, too. */
function closeStack(object: KubernetesObject, input: SplitInput, classified: Classified, config: readonly KubernetesObject[]): void {
  const spec = podTemplateOf(object)?.spec;
  if (input.stack !== 'own' || spec === undefined) {
    return;
  }
  addHostAliases(spec, classified, input.colorServiceIPs, input.namespace);
  if (takesServiceVariables(spec)) {
    const variables = allServiceVariables(classified.plans, input.colorServiceIPs);
    setServiceVariables(spec, variables, (kind, name) => config.find((one) => kindOf(one) === kind && one.metadata.name === name));
  }
}

/** Workloads of the base that take part in readiness: nobody watches other namespaces. */
export function sharedWorkloads(classified: Classified, namespace: string): SharedWorkload[] {
  const here = classified.base.filter((object) => (object.metadata.namespace ?? namespace) === namespace);
  return here.flatMap((object) => {
    const kind = readyKind(object);
    return kind === undefined ? [] : [{ kind, name: object.metadata.name }];
  });
}
