import type { Pod } from '../../interfaces/objects.ts';

export const isReady = (pod: Pod): boolean =>
  !pod.metadata.deletionTimestamp && pod.status?.conditions?.some((entry) => entry.type === 'Ready' && entry.status === 'True') === true;

/** Pods of Jobs end by themselves; pods that are taken away are no failure. */
export const isLongRunning = (pod: Pod): boolean => !pod.metadata.deletionTimestamp && (pod.spec?.restartPolicy ?? 'Always') === 'Always';
