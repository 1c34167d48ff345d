import { HttpError } from '../../interfaces/errors.ts';
import type { Kubernetes, ObjectRef } from '../../interfaces/kubernetes.ts';

/** Deletes this one object, and in the background what it owns. Where another one has its name by now, the one that was to go is gone. */
export async function deleteByUid(kubernetes: Kubernetes, ref: ObjectRef, uid: string | undefined): Promise<void> {
  try {
    await kubernetes.delete(ref, { uid, propagation: 'Background' });
  } catch (error) {
    if (!(error instanceof HttpError) || error.status !== 409) throw error;
  }
}
