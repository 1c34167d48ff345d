import { HttpError } from '../../interfaces/errors.ts';
import type { Pod, Workload } from '../../interfaces/objects.ts';
import { messageOf } from '../../interfaces/values.ts';
import { kindNamed } from '../../split/kinds/rows.ts';
import type { SharedWorkload } from '../../split/model.ts';
import { isOfRevision, isOwnedBy } from '../diagnosis/controller-failures.ts';
import { isObserved } from '../diagnosis/workload-state.ts';
import { refOf } from '../kube/kinds.ts';
import { describe, POD } from '../kube/names.ts';
import { isReady } from '../kube/pods.ts';
import { type View, watchUntil } from '../kube/watch.ts';
import type { Run } from '../run/run.ts';

type Deps = Pick<Run, 'kubernetes' | 'clock' | 'log'>;

/** Beside a wait, which has its own limit. */
const LIMIT_MS = 24 * 3_600_000;

/**
 * While `body` waits for these workloads: pods of a template before that are not ready are deleted where their controller would wait for
 * them before it made any of the new template. Data is in their claims, which stay.
 */
export async function replacingStuckPods<T>(run: Deps, workloads: readonly SharedWorkload[], body: () => Promise<T>): Promise<T> {
  const own = workloads.filter(({ kind }) => kindNamed(kind).keepsBroken);
  if (own.length === 0) return body();
  const stop = new AbortController();
  const work = replaceStuck(run, own, stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) run.log.warning(`Pods that their controller waits for are not replaced any more: ${messageOf(error)}`);
  });
  try {
    return await body();
  } finally {
    stop.abort();
    await work;
  }
}

async function replaceStuck({ kubernetes, clock, log }: Deps, workloads: readonly SharedWorkload[], signal: AbortSignal): Promise<void> {
  const done = new Set<string>();
  const remove = async (pod: Pod, workload: Workload): Promise<void> => {
    try {
      await kubernetes.delete(refOf(pod), { uid: pod.metadata.uid });
      log.info(
        `${describe(pod)} is of a version before and not ready: it is deleted, or ${describe(workload)} would wait for it indefinitely`,
      );
    } catch (error) {
      if (error instanceof HttpError && (error.status === 404 || error.status === 409)) return;
      const command = `kubectl --namespace ${kubernetes.namespace} delete pod ${pod.metadata.name}`;
      log.warning(
        `${describe(workload)} waits for ${describe(pod)} of a version before, which cannot be deleted (${messageOf(error)}): ${command}`,
      );
    }
  };
  const kinds = [...new Set(workloads.map(({ kind }) => kindNamed(kind).ref))];
  const removals: Promise<void>[] = [];
  const watching = watchUntil<never>({
    kubernetes,
    clock,
    signal,
    watch: [...kinds, POD].map((kind) => ({ kind })),
    limitMs: LIMIT_MS,
    waitingFor: 'pods that their controller waits for',
    judge(view) {
      for (const { kind, name } of workloads) {
        const workload = view.get(kindNamed(kind).ref, name);
        if (!workload) continue;
        const pods = stuckPods(view, workload).filter(({ metadata: { uid = '' } }) => !done.has(uid));
        for (const pod of pods) {
          done.add(pod.metadata.uid ?? '');
          removals.push(remove(pod, workload));
        }
      }
      return undefined;
    },
  });
  await watching.finally(() => Promise.all(removals));
}

/** Pure: pods of a template before, and not ready, that nobody but the controller replaces. */
export function stuckPods(view: Pick<View, 'all'>, workload: Workload): Pod[] {
  const { type = 'RollingUpdate', rollingUpdate } = workload.spec?.updateStrategy ?? {};
  // Pods that are to stay at the version before are nobody's to replace.
  if (!isObserved(workload) || type !== 'RollingUpdate' || rollingUpdate?.partition) return [];
  return view
    .all(POD)
    .filter((pod) => isOwnedBy(pod, workload) && !isOfRevision(pod, workload) && !isReady(pod) && !pod.metadata.deletionTimestamp);
}
