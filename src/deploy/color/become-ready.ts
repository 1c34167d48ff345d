import { REASONS, type Reason } from '../../interfaces/reasons.ts';
import { countsReplicas } from '../../split/kinds/rows.ts';
import type { SharedWorkload, SplitResult } from '../../split/model.ts';
import { leadToShared } from '../base/services.ts';
import { replacingStuckPods } from '../base/stuck-pods.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import type { Expected } from '../diagnosis/model.ts';
import { promisedNames } from '../diagnosis/promised.ts';
import { readyOrWaiting, waitReady } from '../diagnosis/ready.ts';
import type { Outstanding } from '../diagnosis/waits-for-hooks.ts';
import { NEXT_TRY_MS } from '../diagnosis/workload-state.ts';
import { describe } from '../kube/names.ts';
import type { Plan, Run, StepRecord } from '../run/run.ts';
import { type RaisedColor, runPostHooks } from './raise.ts';

/**
 * The color and the shared workloads that this run touched are ready, and its post hooks have run: when the color is ready, or as soon as
 * its pods only wait for them. Errors: `StepFailure` with the cause.
 */
export async function becomeReady(
  run: Run,
  plan: Plan,
  raised: RaisedColor,
  touched: readonly SharedWorkload[],
  record: StepRecord,
): Promise<RaisedColor> {
  const expected = expectedOf(raised, touched);
  const outstanding = outstandingOf(raised.split, plan);
  const promised = promisedNames([...raised.split.baseObjects, ...raised.split.colorObjects]);
  const wait = { signal: run.signal, limitMs: run.options.timeoutMs, promised };
  const first = () => readyOrWaiting(expected, run, { ...wait, outstanding });
  const waits = await replacingStuckPods(run, touched, first).catch((error: unknown) => {
    throw withHookHint(error, outstanding);
  });
  await leadToShared(run, raised.split);
  if (outstanding.hooks.length === 0) return raised;
  if (waits !== undefined) {
    record.note = `${namesOf(outstanding)} started before the pods were ready: ${waits}`;
    run.log.notice(record.note);
  }
  const after = await runPostHooks(run, plan, raised, { early: waits !== undefined });
  if (waits === undefined) return after;
  await replacingStuckPods(run, touched, () => waitReady(expected, run, { ...wait, patienceMs: NEXT_TRY_MS }));
  await leadToShared(run, raised.split);
  return after;
}

/** What has to be ready: of the shared workloads only what this run has touched. */
function expectedOf({ split }: RaisedColor, touched: readonly SharedWorkload[]): Expected[] {
  const own = split.workloads.filter(countsReplicas).filter((workload) => !workload.worker);
  return [
    ...touched.map((workload) => ({ ...workload, shared: true })),
    ...own.map(({ kind, coloredName }) => ({ kind, name: coloredName, shared: false })),
  ];
}

function outstandingOf({ hooks, colorObjects }: SplitResult, { firstDeploy }: Plan): Outstanding {
  const names = new Set(hooks.filter(({ part, event }) => part === 'color' && event.startsWith('post-')).map(({ object }) => object));
  return { hooks: colorObjects.filter((object) => names.has(describe(object))), first: firstDeploy };
}

const namesOf = ({ hooks }: Outstanding): string => hooks.map(describe).join(', ');

/** What a hook that has not run yet could have mended. */
const MENDED: readonly Reason[] = ['crash-loop', 'init-failed', 'init-waiting', 'liveness-killed', 'not-ready', 'missing-config'];

/** Whoever wonders why the pods lack what a post hook does is told when it runs. */
function withHookHint(error: unknown, outstanding: Outstanding): unknown {
  if (!(error instanceof StepFailure) || !MENDED.includes(error.reason) || outstanding.hooks.length === 0) return error;
  const late = `${namesOf(outstanding)} had not run yet: post hooks run when the pods are ready, or when they only wait. If the pods need it, make it a pre-install,pre-upgrade hook.`;
  const hint = `${error.hint ?? REASONS[error.reason].todo} ${late}`;
  return new StepFailure(error.reason, error.message, { hint, cause: error, collect: () => error.evidence() });
}
