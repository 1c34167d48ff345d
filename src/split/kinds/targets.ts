import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { kindOf } from './objects.ts';
import { valueAt } from './paths.ts';
import { KINDS, rowOf } from './rows.ts';

export interface Target {
  apiVersion?: string;
  kind?: string;
  name: string;
}

/** The workload that an autoscaler scales, a part of the object. */
export function targetOf(object: KubernetesObject): Target | undefined {
  const path = rowOf(object)?.target;
  return path === undefined ? undefined : (valueAt(object, path) as Target | undefined);
}

/** Kind key of a target; KEDA leaves out the kind where it is a Deployment. */
export function targetKind(target: Target): string {
  const kind = target.kind ?? 'Deployment';
  const apiVersion = target.apiVersion ?? KINDS.find((one) => one.pods !== undefined && one.ref.kind === kind)?.ref.apiVersion ?? 'apps/v1';
  return kindOf({ apiVersion, kind });
}

/** How few replicas an autoscaler leaves its target; undefined where it does not own them. */
export function fewestOf(object: KubernetesObject): number | undefined {
  const fewest = rowOf(object)?.fewest;
  return fewest && ((valueAt(object, fewest.path) as number | undefined | null) ?? fewest.otherwise);
}
