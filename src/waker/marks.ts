import type { KindRef } from '../interfaces/kubernetes.ts';
import type { Workload } from '../interfaces/objects.ts';

/** Name of the waker's objects. */
export const WAKER = 'todo-deploy-waker';
/** On the waker's pods: what Services select while the app is asleep. */
export const WAKER_LABEL = 'todo-deploy.dev/waker';

/** On a workload that sleeps: how many replicas it had. */
export const REPLICAS_NOTE = 'todo-deploy.dev/awake-replicas';
/** On a Service whose app sleeps: what it selected, as JSON. */
export const SELECTOR_NOTE = 'todo-deploy.dev/awake-selector';
/** On a Service whose app is woken by a visit, from the moment of the visit: when, RFC 3339. */
export const WOKEN_NOTE = 'todo-deploy.dev/woken-at';

export const wakerSelector = (release: string): Record<string, string> => ({ [WAKER_LABEL]: release });

/** Pure: whether a Service leads to the waker. */
export const isAsleep = (selector: Readonly<Record<string, string>> | null | undefined): boolean => selector?.[WAKER_LABEL] !== undefined;

/** Pure: whether it is this app's waker that a Service leads to. */
export const leadsToWaker = (selector: Readonly<Record<string, string>> | null | undefined, release: string): boolean =>
  selector?.[WAKER_LABEL] === release;

/** What the waker may scale, and what it is itself. */
export const DEPLOYMENT: KindRef<Workload & { kind: 'Deployment' }> = { apiVersion: 'apps/v1', kind: 'Deployment' };
