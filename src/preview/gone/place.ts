import { NAMESPACE } from '../../deploy/kube/names.ts';
import { HttpError } from '../../interfaces/errors.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';

/** A namespace that lives as long as its cluster. */
const LASTING = 'kube-system';

/**
 * What tells the previews' cluster, or the namespace that they share, from any other; undefined where this account may not look: then nothing can
 * be said of what is not there.
 */
export async function placeOf(kubernetes: Kubernetes, shared: string | undefined): Promise<string | undefined> {
  try {
    return (await kubernetes.get({ ...NAMESPACE, name: shared ?? LASTING }))?.metadata.uid;
  } catch (error) {
    if (error instanceof HttpError && error.status === 403) return undefined;
    throw error;
  }
}
