import type { Pod } from '../../interfaces/objects.ts';

export const isReady = (pod: Pod): boolean =>
  !pod.metadata.deletionTimestamp && pod.status?.conditions?.some((entry) => entry.type === 'Ready' && entry.status === 'True') === true;

/** Pods of Jobs end by themselves; pods that are taken away are no failure. */
export const isLongRunning = (pod: Pod): boolean => !pod.metadata.deletionTimestamp && (pod.spec?.restartPolicy ?? 'Always') === 'Always';

/** What a kubelet says of a pod that it will not run any longer, or did not take: its controller makes another one. */
const NOT_ITS_FAULT = /^(Evicted|NodeLost|NodeShutdown|Shutdown|Terminated|Preempting|NodeAffinity|UnexpectedAdmissionError|OutOf\w+)$/;

/**
 * Pure: why the cluster, and not the app, ends this pod: eviction, drain, preemption, a node that is gone, a hand. undefined where it
 * does not.
 */
export function takenAway({ metadata, status }: Pod): string | undefined {
  const disruption = status?.conditions?.find(({ type, status: on }) => type === 'DisruptionTarget' && on === 'True');
  if (disruption) return disruption.reason ?? 'disruption';
  if (status?.phase === 'Failed' && NOT_ITS_FAULT.test(status.reason ?? '')) return status.reason;
  return metadata.deletionTimestamp ? 'deleted' : undefined;
}
