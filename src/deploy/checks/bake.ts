import { COLOR_LABEL, type SplitResult } from '../../split/model.ts';
import { collectEvidence } from '../diagnosis/evidence.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import type { Failing } from '../diagnosis/workload-state.ts';
import { colorSelector, EVENT, POD, selects } from '../kube/names.ts';
import { isLongRunning, isReady } from '../kube/pods.ts';
import { type View, watchUntil } from '../kube/watch.ts';
import type { Plan, Run, StepRecord } from '../run/run.ts';
import type { FrontDoor } from '../traffic/front-door.ts';
import type { Route } from '../traffic/routes.ts';
import { requireChecks, userFacingChecks } from './checks.ts';

const INTERVAL_MS = 2_000;

/** Watches the new version under real traffic for the bake window: checks through the front door, restarts of its pods. */
export async function bake(run: Run, plan: Plan, split: SplitResult, door: FrontDoor | undefined, record: StepRecord): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const endsAt = run.clock.now() + run.options.bakeMs;
  try {
    const [rounds] = await Promise.all([checkUntil(run, plan, split, door, endsAt, signal), watchPods(run, plan, split, endsAt, signal)]);
    record.note = rounds === 0 ? 'no checks configured: only restarts were watched' : `${rounds} rounds of checks passed`;
  } finally {
    stop.abort(new StepFailure('bake-failed', 'The bake is over'));
  }
}

/** Rounds of checks until `endsAt`, at least one. A check gets two more tries: a single lost response proves nothing. */
async function checkUntil(
  run: Run,
  plan: Plan,
  split: SplitResult,
  door: FrontDoor | undefined,
  endsAt: number,
  signal: AbortSignal,
): Promise<number> {
  const { checks, targetsFor } = userFacingChecks(run, door, split.services, plan.color);
  if (checks.length === 0) return 0;
  for (let rounds = 1; ; rounds++) {
    await requireChecks(run, checks, targetsFor, { when: 'after the switch', retries: 2, intervalMs: 500, signal, quiet: rounds > 1 });
    const left = endsAt - run.clock.now();
    if (left <= 0) return rounds;
    await run.clock.sleep(Math.min(left, INTERVAL_MS), signal);
  }
}

interface BakeFailure {
  failing: Failing;
  view: View;
}

/** Pure: a container of the color that ended since the bake began; `first` remembers each one's restarts when it was first seen. */
export function endedContainer(view: Pick<View, 'all'>, first: Map<string, number>): Failing | undefined {
  for (const pod of view.all(POD).filter(isLongRunning)) {
    for (const status of pod.status?.containerStatuses ?? []) {
      const key = `${pod.metadata.uid} ${status.name}`;
      if (!first.has(key)) first.set(key, status.restartCount);
      const again = status.restartCount > (first.get(key) ?? 0);
      // Ended and not started again yet: no need to wait for the restart.
      const ended = status.state?.terminated ?? (again ? status.lastState?.terminated : undefined);
      if (ended) return containerEnded(pod.metadata.name, status.name, ended);
    }
  }
  return undefined;
}

function containerEnded(pod: string, container: string, ended: { exitCode: number; reason?: string }): Failing {
  const oom = ended.reason === 'OOMKilled';
  const how = oom ? 'ran out of memory' : `ended (exit code ${ended.exitCode})`;
  return {
    workload: `Pod/${pod}`,
    pod,
    container,
    cause: {
      reason: oom ? 'out-of-memory' : 'bake-failed',
      message: `Container "${container}" of pod ${pod} ${how} after the switch`,
      hint: 'The last lines of its log say why.',
      graceMs: 0,
    },
  };
}

/** Pure: a Service that has no ready pod left. */
export function serviceWithoutPods(view: Pick<View, 'all'>, routes: readonly Route[]): Failing | undefined {
  const route = routes.find(({ selector }) => !view.all(POD).some((pod) => selects(selector, pod.metadata.labels) && isReady(pod)));
  if (!route) return undefined;
  const pod = view.all(POD).find((one) => selects(route.selector, one.metadata.labels));
  const message = `No pod behind Service ${route.service} is ready any more`;
  return {
    workload: `Service/${route.service}`,
    pod: pod?.metadata.name,
    container: pod?.spec?.containers[0]?.name,
    cause: { reason: 'bake-failed', message, graceMs: 0 },
  };
}

async function watchPods(run: Run, plan: Plan, split: SplitResult, endsAt: number, signal: AbortSignal): Promise<void> {
  const routes = split.services.map(({ name, selector }) => ({ service: name, selector: { ...selector, [COLOR_LABEL]: plan.color } }));
  const first = new Map<string, number>();
  const found = await watchUntil<BakeFailure | 'over'>({
    kubernetes: run.kubernetes,
    clock: run.clock,
    signal,
    watch: [{ kind: POD, options: { labelSelector: colorSelector(run.options.release, plan.color) } }, { kind: EVENT }],
    limitMs: run.options.bakeMs + 60_000,
    waitingFor: 'the end of the bake',
    judge(view, now) {
      // Before the first list has come there is nothing to judge.
      const failing = endedContainer(view, first) ?? (first.size > 0 ? serviceWithoutPods(view, routes) : undefined);
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
