import type { Clock } from '../../interfaces/clock.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Log } from '../../interfaces/log.ts';
import { kindNamed } from '../../split/kinds/rows.ts';
import { EVENT, POD, REPLICA_SET } from '../kube/names.ts';
import { type View, watchUntil } from '../kube/watch.ts';
import { type Cause, GRACE } from './causes/cause.ts';
import { collectEvidence } from './evidence.ts';
import { StepFailure } from './failure.ts';
import { causeWithLog } from './log-cause.ts';
import type { Expected, Failing, WorkloadState } from './model.ts';
import { watchNamespace } from './namespace-end.ts';
import { explainUnready } from './unready.ts';
import { type Outstanding, waitsForHooks } from './waits-for-hooks.ts';
import { CRASHES, certainFailure, type Known, keyOf, NEXT_TRY_MS, workloadState } from './workload-state.ts';

type Outcome = { ready: true; waits?: string } | { ready: false; failing: Failing; view: View };

interface Deps {
  kubernetes: Kubernetes;
  clock: Clock;
  log: Log;
}

/**
 * Watches until every expected workload is ready. Fails as soon as it is clear that one will not be, or at the limit; in both cases with
 * the cause and what was seen. Errors: `StepFailure`, the signal's reason.
 */
export async function waitReady(expected: readonly Expected[], deps: Deps, options: Waiting): Promise<void> {
  await readyOrWaiting(expected, deps, options);
}

/** The same, at most until what is not ready only waits for hooks that have not run (`outstanding`). Returns what waits, in one line. */
export async function readyOrWaiting(expected: readonly Expected[], deps: Deps, options: Waiting): Promise<string | undefined> {
  if (expected.length === 0) return undefined;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const namespace = watchNamespace(deps, signal).then(() => new Promise<never>(() => undefined));
  try {
    return await Promise.race([watchReady(expected, deps, { ...options, signal }), namespace]);
  } finally {
    stop.abort();
  }
}

interface Waiting {
  signal: AbortSignal;
  limitMs: number;
  /** Secrets and ConfigMaps that operators are about to make. */
  promised?: ReadonlySet<string>;
  /** Hooks that may be what the pods wait for. */
  outstanding?: Outstanding | undefined;
  /** Pods that crashed before this wait began may do so for this much longer: their next try is yet to come. */
  patienceMs?: number | undefined;
}

async function watchReady(expected: readonly Expected[], deps: Deps, options: Waiting): Promise<string | undefined> {
  const { kubernetes, clock, log } = deps;
  const memory: Memory = { since: new Map(), waiting: new Map(), suspended: new Map(), started: clock.now(), causes: new Set(), told: '' };
  for (;;) {
    const outcome = await watchOnce(expected, deps, options, memory);
    if (outcome.ready) return outcome.waits;
    const { failing, view } = outcome;
    const cause = await causeWithLog(failing, kubernetes);
    if (cause.pending && clock.now() - memory.started < options.limitMs) {
      // What it needs is still coming up: its next try counts.
      tellOnce(`${cause.message} (which is there, and not ready yet)`, memory.causes, log);
      memory.suspended.set(keyOf(failing), clock.now() + NEXT_TRY_MS);
      continue;
    }
    throw new StepFailure(cause.reason, cause.message, {
      hint: cause.hint,
      collect: () => collectEvidence(kubernetes, view, failing),
    });
  }
}

/** What a wait remembers from look to look. */
interface Memory {
  since: Map<string, Known>;
  /** Since when something only waits for hooks. */
  waiting: Map<string, number>;
  /** Until when a failure does not count: what it needs is coming up. */
  suspended: Map<string, number>;
  started: number;
  /** What has been told. */
  causes: Set<string>;
  told: string;
}

function watchOnce(expected: readonly Expected[], { kubernetes, clock, log }: Deps, options: Waiting, memory: Memory): Promise<Outcome> {
  const { started, since, suspended } = memory;
  const kinds = [...new Set(expected.map((one) => kindNamed(one.kind).ref))];
  return watchUntil<Outcome>({
    kubernetes,
    clock,
    signal: options.signal,
    watch: [...kinds, REPLICA_SET, POD, EVENT].map((kind) => ({ kind })),
    limitMs: Math.max(0, started + options.limitMs - clock.now()),
    waitingFor: expected.map((one) => `${one.kind}/${one.name}`).join(', '),
    judge(view, now): Outcome | undefined {
      const states = expected.map((one) => withPatience(workloadState(view, one), options));
      const line = progressLine(states);
      const seen = expected.some((one) => view.get(kindNamed(one.kind).ref, one.name) !== undefined);
      if (seen && line !== memory.told) log.info(`${((now - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);
      if (seen) memory.told = line;
      if (states.every((state) => state.ready)) return { ready: true };
      const waits = options.outstanding && waitsForHooks(view, states, options.outstanding, memory.waiting, now);
      if (waits !== undefined) return { ready: true, waits };
      tellCauses(states, memory.causes, log);
      const counting = states.map((state) => ({
        ...state,
        failing: state.failing.filter((one) => (suspended.get(keyOf(one)) ?? 0) <= now),
      }));
      const failing = certainFailure(counting, since, now);
      // That there is no progress says nothing of why.
      if (failing?.cause.reason === 'not-ready') {
        const waitedMs = Math.round((now - started) / 1_000) * 1_000;
        return { ready: false, failing: explainUnready(view, states, waitedMs), view };
      }
      if (failing) return { ready: false, failing, view };
      if (now - started < options.limitMs) return undefined;
      return { ready: false, failing: explainUnready(view, states, options.limitMs), view };
    },
  });
}

/**
 * What an operator of the chart is about to make is waited for until the limit, and so is what a hook that has not run may mend on a first
 * deploy.
 */
function withPatience(state: WorkloadState, { promised, outstanding, patienceMs = 0 }: Waiting): WorkloadState {
  const graceOf = ({ missing, reason, graceMs }: Cause): number => {
    if (missing !== undefined && promised?.has(missing)) return GRACE.limit;
    if (!CRASHES.includes(reason)) return graceMs;
    return outstanding?.first && outstanding.hooks.length > 0 ? GRACE.limit : graceMs + patienceMs;
  };
  return { ...state, failing: state.failing.map((one) => ({ ...one, cause: { ...one.cause, graceMs: graceOf(one.cause) } })) };
}

/** Says once what may pass by itself, and how long it has for that. */
function tellCauses(states: readonly WorkloadState[], told: Set<string>, log: Log): void {
  for (const { cause } of states.flatMap((state) => state.failing)) {
    if (cause.graceMs === 0) continue;
    const time = Number.isFinite(cause.graceMs) ? `${cause.graceMs / 1_000} s` : 'until the time limit';
    tellOnce(`${cause.message} (it has ${time} to pass by itself)`, told, log);
  }
}

function tellOnce(line: string, told: Set<string>, log: Log): void {
  if (told.has(line)) return;
  told.add(line);
  log.info(line);
}

function progressLine(states: readonly WorkloadState[]): string {
  const parts = states.map((state) => {
    const why = state.ready ? undefined : state.failing[0]?.cause.reason;
    return `${state.workload} ${state.text}${why ? ` (${why})` : ''}`;
  });
  return parts.join(', ');
}
