import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Pod } from '../../interfaces/objects.ts';
import type { Color } from '../../split/model.ts';
import { colorSelector, POD, REPLICA_SET } from '../kube/names.ts';
import { isLongRunning } from '../kube/pods.ts';
import { type ContainerStatus, crashCause, type Ended } from './causes/container.ts';
import { podEvidence } from './evidence.ts';
import { StepFailure } from './failure.ts';
import { causeWithLog } from './log-cause.ts';

/**
 * The error to report for a failed check of a color that has just come up, or of what was updated in place: if its pods crash, that is why
 * the check failed. Pods that are ready for a moment after each start count as ready.
 */
export async function preferCrashCause(
  error: unknown,
  run: { kubernetes: Kubernetes; options: { release: string } },
  color: Color,
  isInPlace?: (pod: Pod) => boolean,
): Promise<unknown> {
  if (!(error instanceof StepFailure) || error.reason !== 'smoke-failed') return error;
  const { items } = await run.kubernetes.list(POD, { labelSelector: colorSelector(run.options.release, color) });
  const others = isInPlace ? (await run.kubernetes.list(POD)).items.filter(isInPlace) : [];
  const found = crashed([...items, ...others]);
  if (found === undefined) return error;
  const { pod, status, ended, times } = found;
  const workload = workloadOf(pod);
  const cause = crashCause(`Container "${status.name}" of ${workload}`, false, ended, times);
  const { reason, message, hint } = await causeWithLog({ cause, workload, pod: pod.metadata.name, container: status.name }, run.kubernetes);
  return new StepFailure(reason, message, {
    hint,
    cause: error,
    collect: async () => [...(await podEvidence(run.kubernetes, pod, status.name)), ...(await error.evidence())],
  });
}

interface Crashed {
  pod: Pod;
  status: ContainerStatus;
  ended: Ended;
  times: number;
}

/** Pure: `Deployment/web` of a pod: a ReplicaSet has its Deployment's name and the hash of the template. */
function workloadOf({ metadata }: Pod): string {
  const owner = metadata.ownerReferences?.find((reference) => reference.controller);
  if (owner === undefined) return `pod ${metadata.name}`;
  const hash = metadata.labels?.['pod-template-hash'];
  const ofDeployment = owner.kind === REPLICA_SET.kind && hash !== undefined && owner.name.endsWith(`-${hash}`);
  return ofDeployment ? `Deployment/${owner.name.slice(0, -hash.length - 1)}` : `${owner.kind}/${owner.name}`;
}

/** Pure: the container that has ended most often, of long-running pods. One that is ready has recovered. */
export function crashed(pods: readonly Pod[]): Crashed | undefined {
  return pods
    .filter(isLongRunning)
    .flatMap((pod) =>
      (pod.status?.containerStatuses ?? []).flatMap((status) => {
        const ended = status.state?.terminated ?? status.lastState?.terminated;
        // One that runs again has ended as often as it was restarted.
        return ended && !status.ready ? [{ pod, status, ended, times: status.restartCount + (status.state?.running ? 0 : 1) }] : [];
      }),
    )
    .sort((a, b) => b.times - a.times)[0];
}
