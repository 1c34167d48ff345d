import type { KubernetesObject } from '../../interfaces/kubernetes.ts';

export const isReady = (pod: KubernetesObject): boolean =>
  !pod.metadata.deletionTimestamp &&
  pod.status?.conditions?.some((entry: { type: string; status: string }) => entry.type === 'Ready' && entry.status === 'True') === true;

/** Pods of Jobs end by themselves; pods that are taken away are no failure. */
export const runsForEver = (pod: KubernetesObject): boolean =>
  !pod.metadata.deletionTimestamp && (pod.spec?.restartPolicy ?? 'Always') === 'Always';
