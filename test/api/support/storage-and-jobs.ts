import { JOB, PERSISTENT_VOLUME_CLAIM } from '../../../src/deploy/kube/names.ts';
import { HttpError } from '../../../src/interfaces/errors.ts';
import type { KindRef, Kubernetes, KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import type { Job, PersistentVolumeClaim } from '../../../src/interfaces/objects.ts';

/** Plays what becomes of Jobs (each ends well at once) and of claims (each gets what it asks for). Returns how to stop it. */
export function playJobsAndClaims(kubernetes: Kubernetes): () => Promise<void> {
  const stop = new AbortController();
  const follow = async <T extends KubernetesObject>(kind: KindRef<T>, statusOf: (object: T) => object | undefined): Promise<void> => {
    for await (const { type, object } of kubernetes.watch(kind, { signal: stop.signal })) {
      const status = type === 'DELETED' ? undefined : statusOf(object);
      if (!status) continue;
      const ref = { ...kind, name: object.metadata.name };
      await kubernetes.patch(ref, { status }, { type: 'merge', subresource: 'status' }).catch((error: unknown) => {
        if (!(error instanceof HttpError) || error.status !== 404) throw error;
      });
    }
  };
  const work = [follow(JOB, ended), follow(PERSISTENT_VOLUME_CLAIM, bound)];
  for (const one of work) one.catch(() => stop.abort());
  return async () => {
    stop.abort();
    await Promise.all(work);
  };
}

function ended({ status }: Job): object | undefined {
  if (status?.conditions?.length) return undefined;
  const now = new Date().toISOString();
  const condition = (type: string) => ({ type, status: 'True', lastProbeTime: now, lastTransitionTime: now });
  const conditions = [condition('SuccessCriteriaMet'), condition('Complete')];
  return { startTime: now, completionTime: now, succeeded: 1, uncountedTerminatedPods: {}, conditions };
}

function bound({ spec, status }: PersistentVolumeClaim): object | undefined {
  const storage = spec?.resources?.requests?.storage;
  if (status?.phase === 'Bound' && status.capacity?.storage === storage) return undefined;
  return { phase: 'Bound', capacity: { storage }, accessModes: spec?.accessModes };
}
