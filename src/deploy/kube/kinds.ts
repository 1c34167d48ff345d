import { HttpError } from '../../interfaces/errors.ts';
import type { Kubernetes, KubernetesObject, ObjectRef } from '../../interfaces/kubernetes.ts';
import type { Workload } from '../../interfaces/objects.ts';
import type { Kind } from '../../split/kinds/rows.ts';
import type { Color } from '../../split/model.ts';
import { colorSelector } from './names.ts';

export const refOf = ({ apiVersion, kind, metadata }: KubernetesObject): ObjectRef => ({ apiVersion, kind, name: metadata.name });

/**
 * A color's objects of one kind. Of an operator's kind there are none where the cluster does not know it, or this account may not list
 * it: a chart with some needs that right.
 */
export const colorObjects = (kubernetes: Kubernetes, release: string, color: Color, kind: Kind): Promise<Workload[]> =>
  listed(kubernetes, kind, { labelSelector: colorSelector(release, color) });

/** The namespace's objects of one kind; none of an operator's kind that the cluster does not know, or this account may not list. */
export async function listed(kubernetes: Kubernetes, kind: Kind, options: { labelSelector?: string } = {}): Promise<Workload[]> {
  if (!kind.access?.always && !(await canList(kubernetes, kind))) return [];
  try {
    return (await kubernetes.list(kind.ref, options)).items;
  } catch (error) {
    // An operator may be uninstalled while a run goes on, which has seen its kinds.
    if (error instanceof HttpError && error.status === 404) return [];
    throw error;
  }
}

async function canList(kubernetes: Kubernetes, { ref, group, plural }: Kind): Promise<boolean> {
  if (!(await kubernetes.resource(ref))) return false;
  return (await kubernetes.denied([{ verb: 'list', group, resource: plural, namespace: kubernetes.namespace }])).length === 0;
}
