import type { Kubernetes, ObjectRef } from '../../interfaces/kubernetes.ts';
import { FIELD_MANAGER } from '../../split/model.ts';

/** Sets a workload's replicas by the scale subresource. */
export async function scale(kubernetes: Kubernetes, workload: ObjectRef, replicas: number): Promise<void> {
  await kubernetes.patch(workload, { spec: { replicas } }, { type: 'merge', subresource: 'scale', fieldManager: FIELD_MANAGER });
}
