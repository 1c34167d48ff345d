import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { podTemplateOf } from '../kinds/pods.ts';
import type { PreviewRules } from '../model.ts';

/** Pods of a preview may not ask the API server, and yield to everything else; in place. Returns what was changed, a line each. */
export function confine(object: KubernetesObject, { priorityClass }: PreviewRules): string[] {
  const spec = podTemplateOf(object)?.spec;
  if (spec === undefined) return [];
  const said = [
    ...(spec.automountServiceAccountToken === true ? ['its pods get no token of their ServiceAccount'] : []),
    ...(priorityClass !== undefined && spec.priorityClassName !== undefined
      ? [`priority ${spec.priorityClassName} → ${priorityClass}`]
      : []),
  ];
  spec.automountServiceAccountToken = false;
  if (priorityClass !== undefined) {
    spec.priorityClassName = priorityClass;
    delete spec.priority;
  }
  return said;
}
