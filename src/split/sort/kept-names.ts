import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { mentions } from '../kinds/mentions.ts';
import { kindOf } from '../kinds/objects.ts';
import { podTemplateOf } from '../kinds/pods.ts';
import { podReferences } from '../kinds/references.ts';
import { runsOnce } from '../kinds/rows.ts';
import { isPostHook, type PartHook } from '../read/hooks.ts';

/**
 * The color's post hooks, marked where they keep the name that their chart gives them: a Job or Pod that a container asks for by that name, and
 * what pods refer to (configuration, an account), which no text can be rewritten for. Whatever Helm makes of a hook, it makes anew.
 */
export function withKeptNames(hooks: readonly PartHook[], objects: readonly KubernetesObject[]): PartHook[] {
  const asking = [...objects, ...hooks.map(({ hook }) => hook.object)];
  const referred = new Set(
    objects.flatMap((object) => podReferences(podTemplateOf(object)?.spec)).map(({ kind, name }) => `${kind}/${name}`),
  );
  const isKept = (object: KubernetesObject): boolean => {
    const { name } = object.metadata;
    if (referred.has(`${kindOf(object)}/${name}`)) return true;
    const runs = runsOnce(object) || kindOf(object) === '/Pod';
    return runs && asking.some((one) => one !== object && mentions(podTemplateOf(one)?.spec, name));
  };
  return hooks.map((one) => (isPostHook(one.hook.events) && isKept(one.hook.object) ? { ...one, keepsName: true } : one));
}
