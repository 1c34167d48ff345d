import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { kindOf } from './objects.ts';

/**
 * Which part an object goes to:
 * - `own`: the color, as a version's own workload, named `-<color>`
 * - `target`: the color where its target is the color's, else the base
 * - `pods`: the color where its selector matches only the color's pods, else the base
 * - `config`: the base as rendered, and a copy `-<color>` where the color's workloads refer to it
 * - `service`: the base; without `spec.selector` where it leads to the color's pods (stable)
 * - `base`: the base, as rendered
 */
export type Rule = 'own' | 'target' | 'pods' | 'config' | 'service' | 'base';

/** The whole table; every other kind, known to us or not, is `base`. */
export const RULES: Readonly<Record<string, Rule>> = {
  'apps/Deployment': 'own',
  'batch/CronJob': 'own',
  'keda.sh/ScaledJob': 'own',
  'autoscaling/HorizontalPodAutoscaler': 'target',
  'autoscaling.k8s.io/VerticalPodAutoscaler': 'target',
  'keda.sh/ScaledObject': 'target',
  'policy/PodDisruptionBudget': 'pods',
  '/ConfigMap': 'config',
  '/Secret': 'config',
  '/Service': 'service',
};

export function ruleOf(object: KubernetesObject): Rule {
  return RULES[kindOf(object)] ?? 'base';
}

/** What may carry `todo-deploy.dev/part: color` besides the kinds of the table: a copy per color makes sense, references to it are followed. */
export const COLORABLE: ReadonlySet<string> = new Set(['/PersistentVolumeClaim', '/ServiceAccount']);

export interface Target {
  apiVersion?: string;
  kind?: string;
  name: string;
}

/** The workload that an autoscaler scales, a part of the object. */
export function targetOf(object: KubernetesObject): Target | undefined {
  switch (kindOf(object)) {
    case 'autoscaling/HorizontalPodAutoscaler':
    case 'keda.sh/ScaledObject':
      return object.spec?.scaleTargetRef;
    case 'autoscaling.k8s.io/VerticalPodAutoscaler':
      return object.spec?.targetRef;
    default:
      return undefined;
  }
}

/** Kind key of a target; KEDA leaves out the kind where it is a Deployment. */
export function targetKind(target: Target): string {
  const kind = target.kind ?? 'Deployment';
  const apiVersion = target.apiVersion ?? (kind === 'CronJob' ? 'batch/v1' : 'apps/v1');
  return kindOf({ apiVersion, kind });
}
