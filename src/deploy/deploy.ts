import { createCrds } from './base/crds.ts';
import { requirePullSecrets } from './base/pull-secret.ts';
import { applySecrets } from './base/secrets.ts';
import { secretsBefore } from './base/secrets-before.ts';
import { toFailure } from './diagnosis/failure.ts';
import { carryOut } from './phases.ts';
import { backUpBefore, whyBackup } from './preflight/backup-before.ts';
import { dryRun } from './preflight/dry-run.ts';
import { requireFeasible } from './preflight/feasible.ts';
import { requireNamespace } from './preflight/namespace.ts';
import { requireOwnReleases } from './preflight/own-releases.ts';
import { makePlan } from './preflight/plan.ts';
import { noteUnproved, proveImages } from './preflight/provenance.ts';
import { whySuperseded } from './preflight/superseded.ts';
import { isUnchanged } from './preflight/unchanged.ts';
import { withDefinitions } from './preflight/with-definitions.ts';
import { abortReason } from './run/cancel.ts';
import type { Collaborators, DeployOptions } from './run/options.ts';
import { type DeployOutcome, failedOutcome, outcomeOf } from './run/outcome.ts';
import { step } from './run/phase.ts';
import { type DeployRun, type Plan, Recorder } from './run/run.ts';
import { JournalStore } from './state/journal-store.ts';
import { findFrontDoor } from './traffic/front-door.ts';
import { underLease } from './under-lease.ts';

/** One deploy, from the lease to the old color's end. Failures are in the outcome, not thrown. */
export async function deploy(options: DeployOptions, outside: Collaborators, signal: AbortSignal): Promise<DeployOutcome> {
  const parts = { ...outside, options, report: new Recorder(), signal };
  try {
    await proveImages(parts);
    await requireOwnReleases(parts);
    if (options.dryRun) return await planOnly(parts);
    await requireNamespace(outside);
    return await underLease(parts, deployUnderLease);
  } catch (error) {
    return await failedOutcome(parts, toFailure(abortReason(signal, error)));
  }
}

async function deployUnderLease(run: DeployRun): Promise<DeployOutcome> {
  const { plan, verdict } = await step(run, 'preflight', `Check version ${run.options.version} before anything is touched`, () =>
    preflight(run),
  );
  run.report.url = run.options.url ?? plan.split.url;
  if (verdict !== 'deploy') {
    await findFrontDoor(run, plan.split);
    return outcomeOf(run, plan, verdict);
  }
  return carryOut(run, await backUpBefore(run, plan), {
    record: async () => {
      const before = await secretsBefore(run);
      return before.length > 0 ? { secretsBefore: before } : {};
    },
    act: async () => {
      await applySecrets(run);
      if (plan.base === 'first') await createCrds(run);
    },
  });
}

async function preflight(run: DeployRun): Promise<{ plan: Plan; verdict: 'deploy' | 'unchanged' | 'superseded' }> {
  const plan = await makePlan(run);
  noteUnproved(run, plan);
  const { options, log, report } = run;
  const superseded = await whySuperseded(run, plan);
  if (superseded !== undefined) {
    log.notice(`${superseded}: nothing to do`);
    report.notes.push(superseded);
    return { plan, verdict: 'superseded' };
  }
  if (await isUnchanged(run, plan)) {
    log.info(`The content of ${options.version} already serves (as ${plan.serving?.version}): nothing to do`);
    return { plan, verdict: 'unchanged' };
  }
  const later = await requireFeasible(run, plan);
  await requirePullSecrets(run);
  if (plan.apart !== undefined) return { plan: await withDefinitions(run, plan), verdict: 'deploy' };
  for (const line of later) log.info(line);
  return { plan, verdict: 'deploy' };
}

/** Reads and compares; neither the lease nor the journal is written. */
async function planOnly(parts: Omit<DeployRun, 'journal'>): Promise<DeployOutcome> {
  const run: DeployRun = { ...parts, journal: await JournalStore.open(parts.kubernetes, parts.options.release) };
  const { plan, dry } = await step(run, 'preflight', 'Plan: nothing is touched', () => dryRun(run));
  noteUnproved(run, plan);
  const why = dry.verdict === 'deploy' ? whyBackup(run.options.backup, plan) : undefined;
  if (why !== undefined) run.report.notes.push(`A deploy would take a backup before anything is touched: ${why}`);
  run.report.url = run.options.url ?? plan.split.url;
  return { ...outcomeOf(run, plan, 'planned'), dryRun: dry };
}
