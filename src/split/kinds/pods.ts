import type { Container, PodSpec } from 'kubernetes-types/core/v1.d.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { kindOf } from './objects.ts';

export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string>; [field: string]: unknown };
  spec?: PodSpec;
}

/** Where each kind keeps its pod template. */
const TEMPLATES: Readonly<Record<string, (object: KubernetesObject) => PodTemplate | undefined>> = {
  '/Pod': (object) => object as unknown as PodTemplate,
  '/ReplicationController': (object) => object.spec?.template,
  'apps/Deployment': (object) => object.spec?.template,
  'apps/StatefulSet': (object) => object.spec?.template,
  'apps/DaemonSet': (object) => object.spec?.template,
  'apps/ReplicaSet': (object) => object.spec?.template,
  'batch/Job': (object) => object.spec?.template,
  'batch/CronJob': (object) => object.spec?.jobTemplate?.spec?.template,
  'keda.sh/ScaledJob': (object) => object.spec?.jobTargetRef?.template,
};

const LONG_RUNNING = new Set([
  '/Pod',
  '/ReplicationController',
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'apps/ReplicaSet',
]);

/** The object's own pod template (a part of the object, not a copy), or undefined where its kind runs no pods that we know of. */
export function podTemplateOf(object: KubernetesObject): PodTemplate | undefined {
  return TEMPLATES[kindOf(object)]?.(object) ?? undefined;
}

/** Pods of this kind run until they are told to stop, so that a Service may lead to them. */
export function isLongRunning(object: KubernetesObject): boolean {
  return LONG_RUNNING.has(kindOf(object));
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
