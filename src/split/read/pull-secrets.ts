import type { ServiceAccount } from 'kubernetes-types/core/v1.d.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { podTemplateOf } from '../kinds/pods.ts';

/**
 * Adds pull Secrets to the object's pods, in place. Kubernetes takes a ServiceAccount's own pull secrets only for pods that name none,
 * so those of the chart's ServiceAccount are named too.
 */
export function addPullSecrets(object: KubernetesObject, names: readonly string[], accounts: readonly KubernetesObject[]): void {
  const spec = podTemplateOf(object)?.spec;
  if (spec === undefined || names.length === 0) {
    return;
  }
  const account = accounts.find((one) => one.metadata.name === (spec.serviceAccountName ?? 'default'));
  const given = spec.imagePullSecrets ?? (account as ServiceAccount | undefined)?.imagePullSecrets ?? [];
  const added = names.filter((name) => !given.some((one) => one.name === name)).map((name) => ({ name }));
  if (added.length > 0) {
    spec.imagePullSecrets = [...given, ...added];
  }
}
