import { JOB } from '../../../src/deploy/kube/names.ts';
import type { Clock } from '../../../src/interfaces/clock.ts';
import type { Kubernetes, KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { HOOK_ANNOTATION } from '../../../src/split/read/hooks.ts';
import { helmError } from './records.ts';

const LOOK_MS = 200;
const POLICY = 'helm.sh/hook-delete-policy';

/** Runs the hooks of an event, Jobs all of them, one after the other. Errors: `ProcessError` where one fails. */
export async function runHooks(
  { kubernetes, clock }: { kubernetes: Kubernetes; clock: Clock },
  hooks: readonly KubernetesObject[],
  event: string,
  limitMs: number,
): Promise<void> {
  for (const hook of hooks.filter((one) => one.metadata.annotations?.[HOOK_ANNOTATION]?.split(',').includes(event))) {
    const { name } = hook.metadata;
    const policies = hook.metadata.annotations?.[POLICY]?.split(',') ?? ['before-hook-creation'];
    if (policies.includes('before-hook-creation')) await kubernetes.delete({ ...JOB, name }, { propagation: 'Background' });
    await kubernetes.create(hook);
    const succeeded = await end(kubernetes, clock, name, limitMs);
    if (!succeeded) throw helmError(`${event} hooks failed: 1 error occurred:\n\t* job ${name} failed: BackoffLimitExceeded`);
    if (policies.includes('hook-succeeded')) await kubernetes.delete({ ...JOB, name }, { propagation: 'Background' });
  }
}

async function end(kubernetes: Kubernetes, clock: Clock, name: string, limitMs: number): Promise<boolean> {
  for (const deadline = clock.now() + limitMs; clock.now() < deadline; await clock.sleep(LOOK_MS)) {
    const job = await kubernetes.get({ ...JOB, name });
    const conditions = job?.status?.conditions ?? [];
    if (conditions.some(({ type, status }) => type === 'Complete' && status === 'True')) return true;
    if (conditions.some(({ type, status }) => type === 'Failed' && status === 'True')) return false;
  }
  return false;
}
