import type { Clock } from '../../interfaces/clock.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Pod } from '../../interfaces/objects.ts';
import type { Reason } from '../../interfaces/reasons.ts';
import type { PlannedHook } from '../../split/model.ts';
import { EVENT, JOB, POD } from '../kube/names.ts';
import { type View, watchUntil } from '../kube/watch.ts';
import { createCause } from './causes/create.ts';
import { newestOf } from './events.ts';
import { collectEvidence } from './evidence.ts';
import { StepFailure } from './failure.ts';
import type { WorkloadState } from './model.ts';
import { podFailures } from './pod-failures.ts';
import { certainFailure, type Known } from './workload-state.ts';

const JOB_NAME = 'batch.kubernetes.io/job-name';

/** What no further try of a hook's pod changes. One that ends with an error is Helm's to judge: its Job may try again. */
const CERTAIN: readonly Reason[] = [
  'image-not-found',
  'registry-auth',
  'image-pull',
  'image-architecture',
  'missing-config',
  'bad-command',
  'start-failed',
  'runs-as-root',
  'sandbox-failed',
  'volume-pending',
  'unschedulable',
  'quota-exceeded',
  'resources-required',
  'limit-range',
  'admission-refused',
  'webhook-unreachable',
];

interface Deps {
  kubernetes: Kubernetes;
  clock: Clock;
  signal: AbortSignal;
}

/**
 * Runs Helm, which only waits for its hooks, and looks at their pods meanwhile: what keeps one from starting is told when the cluster knows
 * it, and Helm is ended. Errors: `StepFailure` with that cause, and those of `helm`.
 */
export async function whileHooksRun<T>(
  hooks: readonly PlannedHook[],
  deps: Deps,
  limitMs: number,
  helm: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (hooks.length === 0) return helm(deps.signal);
  const stop = new AbortController();
  const signal = AbortSignal.any([deps.signal, stop.signal]);
  const before = await left(deps.kubernetes);
  const watching = watchHooks(hooks, before, { ...deps, signal }, limitMs).then(
    (failure) => stop.abort(failure),
    () => undefined,
  );
  try {
    return await helm(signal);
  } finally {
    stop.abort();
    await watching;
  }
}

/** Uids of what an earlier run left, and of what was said of it: Helm replaces it. */
async function left(kubernetes: Kubernetes): Promise<ReadonlySet<string | undefined>> {
  const [pods, events] = await Promise.all([kubernetes.list(POD), kubernetes.list(EVENT)]);
  return new Set([...pods.items.map(({ metadata }) => metadata.uid), ...events.items.map(({ involvedObject }) => involvedObject.uid)]);
}

/** Returns the first failure that is certain; rejects when it is not watched any more. */
function watchHooks(
  hooks: readonly PlannedHook[],
  before: ReadonlySet<string | undefined>,
  deps: Deps,
  limitMs: number,
): Promise<StepFailure> {
  const since = new Map<string, Known>();
  return watchUntil<StepFailure>({
    ...deps,
    watch: [{ kind: POD }, { kind: EVENT }],
    limitMs,
    waitingFor: 'the hooks',
    judge(view, now) {
      const states = hooks.map((hook) => stateOf(hook, view, before));
      const failing = certainFailure(states, since, now);
      if (!failing) return undefined;
      const { reason, message: why, hint } = failing.cause;
      const message = why.includes(failing.workload) ? why : `${failing.workload} cannot start: ${why}`;
      return new StepFailure(reason, message.replace(/^the /, 'The '), {
        hint,
        collect: () => collectEvidence(deps.kubernetes, view, failing),
      });
    },
  });
}

function stateOf({ object }: PlannedHook, view: View, before: ReadonlySet<string | undefined>): WorkloadState {
  const workload = `the hook ${object}`;
  const pods = view.all(POD).filter((pod) => isOf(object, pod) && !before.has(pod.metadata.uid));
  const made = pods.length === 0 ? notMade(object, view, before) : undefined;
  const found = made ? [{ workload, cause: createCause(workload, made) }] : pods.flatMap((pod) => podFailures(view, pod, workload));
  const failing = found.filter(({ cause }) => CERTAIN.includes(cause.reason));
  return { workload, shared: false, ready: false, text: '', failing };
}

/** What a Job's controller says where it cannot make a pod. */
const notMade = (hook: string, view: View, before: ReadonlySet<string | undefined>): string | undefined =>
  newestOf(
    view
      .all(EVENT)
      .filter(
        ({ reason, involvedObject: { kind, name, uid } }) => reason === 'FailedCreate' && `${kind}/${name}` === hook && !before.has(uid),
      ),
  )?.message;

function isOf(hook: string, { metadata }: Pod): boolean {
  const [kind, name] = hook.split('/');
  return kind === JOB.kind ? metadata.labels?.[JOB_NAME] === name : kind === POD.kind && metadata.name === name;
}
