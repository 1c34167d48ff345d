import type { Kubernetes, KubernetesObject } from '../../interfaces/kubernetes.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import { refOf } from '../kube/kinds.ts';

/** Stops or starts what runs on a schedule. */
export async function suspend(kubernetes: Kubernetes, workload: KubernetesObject, on: boolean): Promise<void> {
  await kubernetes.patch(refOf(workload), { spec: { suspend: on } }, { type: 'merge', fieldManager: FIELD_MANAGER });
}
