import { userFacingChecks } from '../checks/checks.ts';
import { StepFailure, toFailure } from '../diagnosis/failure.ts';
import { abortReason } from '../run/cancel.ts';
import { type DeployOutcome, failedOutcome } from '../run/outcome.ts';
import type { Plan, Run } from '../run/run.ts';
import { healing } from '../state/healing.ts';
import { findFrontDoor } from '../traffic/front-door.ts';
import { exceptOverruled } from '../traffic/overruled.ts';
import { switchBack, takeBack } from './undo.ts';

const CHECK_LIMIT_MS = 30_000;
const UNDO_LIMIT_MS = 300_000;

/**
 * Something went wrong. Users first: where traffic was touched, everything is switched back; then what was seen is collected; then the
 * new version is taken back, which in place is what brings users back. Where the lease is lost, or the namespace is going, nothing more is touched.
 */
export async function recover(run: Run, plan: Plan, thrown: unknown): Promise<DeployOutcome> {
  const failure = toFailure(abortReason(run.signal, thrown));
  const { report, log } = run;
  const inFlight = run.journal.journal.inFlight;
  const remedy = healing(run.journal.journal, undefined, 'failed');
  if (failure.reason === 'lease-lost' || failure.reason === 'namespace-terminating' || !inFlight || !remedy)
    return failedOutcome(run, failure, { plan });
  const failedStep = report.steps.findLast((entry) => entry.result === 'failed')?.name;
  log.info(`${failure.message}${inFlight.previousColor ? `: rolling back to ${plan.serving?.version ?? inFlight.previousColor}` : ''}`);
  // A cancelled run still puts users back: its own signal is aborted, this work has limits of its own.
  const undo: Run = { ...run, signal: AbortSignal.timeout(UNDO_LIMIT_MS) };
  try {
    if (remedy.kind === 'switch-back') {
      const afterwards = () => checkOld(undo, plan);
      report.switchBackMs = await switchBack(undo, await exceptOverruled(inFlight, undo), { afterwards });
    }
    report.failure = {
      reason: failure.reason,
      message: failure.message,
      evidence: await failure.evidence(),
      step: failedStep,
      hint: failure.hint || undefined,
    };
    const unproved = await takeBack(undo, inFlight, lastFailure(run, failure), { afterwards: () => checkOld(undo, plan) });
    if (unproved) return failedOutcome(run, rollbackFailed(failure, unproved), { plan });
  } catch (error) {
    return failedOutcome(run, rollbackFailed(failure, error), { plan });
  }
  return failedOutcome(run, failure, { plan, rolledBack: inFlight.previousColor !== undefined || inFlight.plain !== undefined });
}

/** The checks of the version that serves again: for the report, since there is nothing further to roll back to. */
async function checkOld(undo: Run, plan: Plan): Promise<string> {
  if (!plan.active) return '';
  const old: Run = { ...undo, options: { ...undo.options, smoke: plan.serving?.smoke ?? [] } };
  const door = await findFrontDoor(old, { ...plan.split, url: plan.serving?.url ?? plan.split.url }).catch(() => undefined);
  const { checks, targetsFor } = userFacingChecks(old, door, { services: plan.split.services }, plan.active);
  const results = await undo
    .runChecks({ checks, targetsFor, retries: 2, intervalMs: 500, timeoutMs: CHECK_LIMIT_MS, signal: undo.signal })
    .catch(() => []);
  const failed = results.filter((result) => !result.passed);
  if (failed.length > 0) undo.log.warning(`The old version fails its own checks: ${failed[0]?.failure}`);
  return results.length === 0
    ? 'no checks of the old version'
    : `${results.length - failed.length} of ${results.length} checks of the old version pass`;
}

const lastFailure = (run: Run, failure: StepFailure) => ({
  version: run.options.version,
  at: new Date(run.clock.now()).toISOString(),
  reason: failure.reason,
  cause: failure.message,
  runUrl: run.options.who.runUrl,
});

function rollbackFailed(failure: StepFailure, error: unknown): StepFailure {
  const second = toFailure(error);
  return new StepFailure('rollback-failed', `${failure.message}. The rollback failed too: ${second.message}`, {
    hint: `${second.hint ?? 'Check which color serves: kubectl get services -o wide'}\nThe next deploy completes the recovery.`,
    cause: new AggregateError([failure, error]),
  });
}
