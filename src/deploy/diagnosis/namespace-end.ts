import type { Clock } from '../../interfaces/clock.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import { REASONS } from '../../interfaces/reasons.ts';
import { NAMESPACE } from '../kube/names.ts';
import { StepFailure } from './failure.ts';

const INTERVAL_MS = 3_000;

export const namespaceEnds = (name: string, cause?: unknown): StepFailure =>
  new StepFailure('namespace-terminating', `The namespace "${name}" is being deleted: nothing can be created in it`, {
    hint: REASONS['namespace-terminating'].todo,
    cause,
  });

/** What the API server says to whoever wants to create something there. */
export const saysNamespaceEnds = (text: string): boolean => /because it is being terminated/.test(text);

/**
 * Looks beside a wait whether the namespace is being deleted: nothing in it says so. Ends with `signal`, or where this account may not look.
 * Errors: `StepFailure` (namespace-terminating).
 */
export async function watchNamespace(deps: { kubernetes: Kubernetes; clock: Clock }, signal: AbortSignal): Promise<void> {
  const { kubernetes, clock } = deps;
  const name = kubernetes.namespace;
  while (!signal.aborted) {
    const live = await kubernetes.get({ ...NAMESPACE, name }).catch(() => 'unread' as const);
    if (live === 'unread') return;
    if (live === undefined || live.metadata.deletionTimestamp) throw namespaceEnds(name);
    await clock.sleep(INTERVAL_MS, signal).catch(() => undefined);
  }
}
