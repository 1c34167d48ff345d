import { liveChecks, requireChecks } from './checks.ts';
import { collectEvidence } from './diagnosis.ts';
import { StepFailure } from './failure.ts';
import type { FrontDoor } from './front-door.ts';
import type { SplitResult } from './model.ts';
import { colorSelector, EVENT, POD } from './names.ts';
import type { Plan, Run, StepRecord } from './run.ts';
import type { Failing } from './verdict.ts';
import { type View, watchUntil } from './watch.ts';

const INTERVAL_MS = 2_000;

/** Watches the new version under real traffic for the bake window: checks through the front door, restarts of its pods. */
export async function bake(run: Run, plan: Plan, split: SplitResult, door: FrontDoor | undefined, record: StepRecord): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const endsAt = run.clock.now() + run.options.bakeMs;
  try {
    const [rounds] = await Promise.all([checkUntil(run, plan, split, door, endsAt, signal), watchPods(run, plan, endsAt, signal)]);
    record.note = rounds === 0 ? 'no checks named: only restarts were watched' : `${rounds} rounds of checks passed`;
  } finally {
    stop.abort(new StepFailure('bake-failed', 'The bake is over'));
  }
}

/** Rounds of checks until `endsAt`, at least one. A check gets two more tries: one lost answer is no verdict. */
async function checkUntil(
  run: Run,
  plan: Plan,
  split: SplitResult,
  door: FrontDoor | undefined,
  endsAt: number,
  signal: AbortSignal,
): Promise<number> {
  const { checks, targetsFor } = liveChecks(run, door, split.services, plan.color);
  if (checks.length === 0) return 0;
  for (let rounds = 1; ; rounds++) {
    await requireChecks(run, checks, targetsFor, { when: 'after the switch', retries: 2, intervalMs: 500, signal, quiet: rounds > 1 });
    const left = endsAt - run.clock.now();
    if (left <= 0) return rounds;
    await run.clock.sleep(Math.min(left, INTERVAL_MS), signal);
  }
}

interface Restarted {
  failing: Failing;
  view: View;
}

/** Pure: a container of the color that ended since the bake began, by pod and container, against the counts seen first. */
export function restarted(view: Pick<View, 'all'>, first: Map<string, number>): Failing | undefined {
  for (const pod of view.all('Pod')) {
    for (const status of pod.status?.containerStatuses ?? []) {
      const key = `${pod.metadata.uid} ${status.name}`;
      if (!first.has(key)) first.set(key, status.restartCount);
      const ended = status.lastState?.terminated ?? status.state?.terminated;
      if (status.restartCount <= (first.get(key) ?? 0) || !ended) continue;
      const oom = ended.reason === 'OOMKilled';
      return {
        workload: `Pod/${pod.metadata.name}`,
        pod: pod.metadata.name,
        container: status.name,
        cause: {
          reason: oom ? 'out-of-memory' : 'bake-failed',
          message: `Container "${status.name}" of pod ${pod.metadata.name} ${oom ? 'ran out of memory' : `ended (exit code ${ended.exitCode})`} after the switch`,
          hint: 'The last lines of its log say why.',
          graceMs: 0,
        },
      };
    }
  }
  return undefined;
}

async function watchPods(run: Run, plan: Plan, endsAt: number, signal: AbortSignal): Promise<void> {
  const first = new Map<string, number>();
  const found = await watchUntil<Restarted | 'over'>({
    kubernetes: run.kubernetes,
    clock: run.clock,
    signal,
    watch: [{ kind: POD, options: { labelSelector: colorSelector(run.options.release, plan.color) } }, { kind: EVENT }],
    limitMs: run.options.bakeMs + 60_000,
    waitingFor: 'the end of the bake',
    judge(view, now) {
      const failing = restarted(view, first);
      if (failing) return { failing, view };
      return now >= endsAt && first.size > 0 ? 'over' : undefined;
    },
  });
  if (found === 'over') return;
  throw new StepFailure(found.failing.cause.reason, found.failing.cause.message, {
    hint: found.failing.cause.hint,
    collect: () => collectEvidence(run.kubernetes, found.view, found.failing),
  });
}
