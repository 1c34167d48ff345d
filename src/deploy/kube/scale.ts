import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import { DEPLOYMENT } from './names.ts';

/** Sets a Deployment's replicas by the scale subresource. */
export async function scale(kubernetes: Kubernetes, name: string, replicas: number): Promise<void> {
  await kubernetes.patch(
    { ...DEPLOYMENT, name },
    { spec: { replicas } },
    { type: 'merge', subresource: 'scale', fieldManager: FIELD_MANAGER },
  );
}
