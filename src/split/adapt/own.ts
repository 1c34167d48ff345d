import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { isMap } from '../../interfaces/values.ts';
import { kindOf } from '../kinds/objects.ts';
import { valueAt } from '../kinds/paths.ts';
import { podLabelsOf, podTemplateOf } from '../kinds/pods.ts';

type Labels = Readonly<Record<string, string>>;

/** Helm would keep an object with this annotation when its release goes. */
const RESOURCE_POLICY = 'helm.sh/resource-policy';

/**
 * Marks an object, its pods and its claims as one preview's, where several share a namespace; what selects pods of the chart selects this
 * preview's alone, and nothing is kept when it goes. In place. Returns what was changed beyond the marks, a line each.
 */
export function markOwn(object: KubernetesObject, own: Labels, objects: readonly KubernetesObject[]): string[] {
  if (Object.keys(own).length === 0) return [];
  selectOwn(object, own, objects);
  const { metadata } = object;
  metadata.labels = { ...metadata.labels, ...own };
  const template = podTemplateOf(object);
  if (template) template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, ...own } };
  const claims = valueAt(object, 'spec.volumeClaimTemplates');
  for (const claim of Array.isArray(claims) ? (claims as KubernetesObject[]) : []) {
    claim.metadata = { ...claim.metadata, labels: { ...claim.metadata?.labels, ...own } };
  }
  if (metadata.annotations?.[RESOURCE_POLICY] === undefined) return [];
  delete metadata.annotations[RESOURCE_POLICY];
  return ['it goes with the preview'];
}

/** What it selects could be a neighbour's: it is not any more. */
function selectOwn(object: KubernetesObject, own: Labels, objects: readonly KubernetesObject[]): void {
  const { spec } = object;
  if (!isMap(spec)) return;
  if (kindOf(object) === '/Service') {
    // What an operator makes bears no mark of ours: a Service that leads there stays as it is.
    const wanted = Object.entries(isMap(spec.selector) ? spec.selector : {});
    const leads = (pods: Labels): boolean => wanted.every(([name, value]) => pods[name] === value);
    if (wanted.length === 0 || !objects.some((one) => leads(podLabelsOf(one)))) return;
    spec.selector = { ...Object.fromEntries(wanted), ...own };
    return;
  }
  const isBudget = kindOf(object) === 'policy/PodDisruptionBudget';
  if (!isMap(spec.selector) || !(isBudget || (podTemplateOf(object) && isMap(spec.selector.matchLabels)))) return;
  const before = isMap(spec.selector.matchLabels) ? spec.selector.matchLabels : {};
  spec.selector = { ...spec.selector, matchLabels: { ...before, ...own } };
}
