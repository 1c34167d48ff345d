import type { Pod } from '../../interfaces/objects.ts';
import { takenAway } from '../kube/pods.ts';
import { type Cause, causeOf, firstLine, GRACE, timesText } from './causes/cause.ts';
import type { Failing } from './model.ts';

/** The kubelet evicts for the node's sake, which is nobody's fault, and for what the chart itself allows a pod. */
const OWN_LIMIT = /exceed(?:s|ed) (?:its|the) .*limit/i;

/** Pure: whether a pod was evicted since it used more than its own limits. */
export const exceededOwnLimit = ({ status }: Pod): boolean => status?.reason === 'Evicted' && OWN_LIMIT.test(status.message ?? '');

const OWN_HINT =
  'It writes more to its disk than its limits allow: raise resources.limits.ephemeral-storage or the sizeLimit of its emptyDir, or write less.';

/** Pure: why the cluster took a pod away: a retry, since its controller makes another one. undefined where it did not. */
export function evictionCause(pod: Pod): Cause | undefined {
  const why = pod.metadata.deletionTimestamp ? undefined : takenAway(pod);
  if (why === undefined) return undefined;
  const said = firstLine(pod.status?.message);
  const message = `Pod ${pod.metadata.name} was taken away by the cluster (${pod.status?.reason ?? why})${said ? `: ${said}` : ''}`;
  return causeOf('evicted', message, GRACE.limit, exceededOwnLimit(pod) ? OWN_HINT : undefined);
}

/** Pure: a workload whose pods are evicted again and again for what they do themselves. */
export function repeatedEviction(pods: readonly Pod[], workload: string): Failing | undefined {
  const own = pods.filter(exceededOwnLimit);
  const last = own.at(-1);
  if (!last || own.length < 2) return undefined;
  const message = `Pods of ${workload} were evicted ${timesText(own.length)}: ${firstLine(last.status?.message)}`;
  return { workload, pod: last.metadata.name, cause: causeOf('evicted', message, GRACE.none, OWN_HINT) };
}

/**
 * Pure: a pod whose node does not answer: its containers are ready by the last word of the kubelet, and the pod is not, since the node's
 * controller says so. Its controller makes another one after five minutes; a StatefulSet's stays.
 */
export function nodeLostCause(pod: Pod): Cause | undefined {
  const is = (type: string) => pod.status?.conditions?.find((one) => one.type === type)?.status;
  if (is('Ready') !== 'False' || is('ContainersReady') !== 'True' || (pod.spec?.readinessGates ?? []).length > 0) return undefined;
  return causeOf('node-lost', `The node ${pod.spec?.nodeName} of pod ${pod.metadata.name} does not answer any more`, GRACE.limit);
}

/** Pure: a pod that was given to a node whose kubelet has said nothing of it. */
export function neverTaken(pod: Pod): Cause | undefined {
  const conditions = pod.status?.conditions ?? [];
  const scheduled = conditions.some(({ type, status }) => type === 'PodScheduled' && status === 'True');
  if (!scheduled || conditions.length > 1 || (pod.status?.containerStatuses ?? []).length > 0) return undefined;
  return causeOf(
    'node-lost',
    `The node ${pod.spec?.nodeName} has not begun with pod ${pod.metadata.name}: its kubelet does not answer`,
    GRACE.limit,
  );
}
