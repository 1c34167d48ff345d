import { type Cause, causeOf, firstLine, GRACE, shortDetail } from './cause.ts';

/** Pure: a node that cannot set a pod up. */
export function sandboxCause(pod: string, message: string): Cause {
  const detail = shortDetail(message.replace(/^Failed to create pod sandbox: /, ''));
  return causeOf('sandbox-failed', `The node cannot set pod ${pod} up: ${detail}`, GRACE.node);
}

/** What volumes say, and what to do about it. */
const VOLUME_HINTS: readonly [RegExp, string][] = [
  [
    /Multi-Attach|already exclusively attached|is already used by/i,
    'Another node still holds the volume: a claim of one node (ReadWriteOnce) cannot be mounted by two versions at once.',
  ],
  [/persistentvolumeclaim "[^"]+" not found/i, 'Add the claim to the chart, or correct its name in the pod.'],
  [/storageclass\S* "[^"]+" not found/i, 'Name a storage class that the cluster has: kubectl get storageclass'],
];

/** Pure: why a pod gets no volume. */
export function volumeCause(pod: string, message: string): Cause {
  const hint = VOLUME_HINTS.find(([pattern]) => pattern.test(message))?.[1];
  return causeOf('volume-pending', `Pod ${pod} waits for a volume: ${firstLine(message)}`, GRACE.patient, hint);
}

/** Pure: why a pod finds no node. */
export function scheduleCause(pod: string, message: string): Cause {
  if (/persistentvolumeclaim/i.test(message)) return volumeCause(pod, message);
  return causeOf('unschedulable', `No node can take pod ${pod}: ${firstLine(message)}`, GRACE.patient, scheduleHint(message));
}

function scheduleHint(message: string): string | undefined {
  if (/Insufficient|Too many pods/.test(message)) return undefined;
  if (/didn't match Pod's node affinity|node\(s\) didn't match/.test(message))
    return 'No node has the labels that nodeSelector or affinity ask for: kubectl get nodes --show-labels';
  if (/untolerated taint/.test(message)) return 'Every node has a taint: give the pods a toleration, or remove the taint.';
  if (/didn't have free ports/.test(message)) return 'A pod holds the host port already: two versions cannot share it.';
  return undefined;
}
