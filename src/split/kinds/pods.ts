import type { Container, PodSpec } from 'kubernetes-types/core/v1.d.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { valueAt } from './paths.ts';
import { rowOf } from './rows.ts';

export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string>; [field: string]: unknown };
  spec?: PodSpec;
}

/** The object's own pod template (a part of the object, not a copy), or undefined where its kind runs no pods that we know of. */
export function podTemplateOf(object: KubernetesObject): PodTemplate | undefined {
  const path = rowOf(object)?.pods;
  return path === undefined ? undefined : ((valueAt(object, path) as PodTemplate | undefined | null) ?? undefined);
}

/** Pods of this kind run until they are told to stop, so that a Service may lead to them. */
export function isLongRunning(object: KubernetesObject): boolean {
  return rowOf(object)?.longRunning === true;
}

export function podLabelsOf(object: KubernetesObject): Record<string, string> {
  return podTemplateOf(object)?.metadata?.labels ?? {};
}

/** All containers, init containers first. */
export function containersOf(spec: PodSpec | undefined): Container[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
}

/** Containers that run as long as the pod: the main ones, and init containers that restart always (sidecars). */
export function servingContainersOf(spec: PodSpec | undefined): Container[] {
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? []).filter((container) => container.restartPolicy === 'Always')];
}
