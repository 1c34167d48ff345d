import { ConfigurationError } from '../../interfaces/errors.ts';
import { COLORS } from '../../split/model.ts';
import { givenBack } from '../base/services.ts';
import { warmRefusals } from '../base/slips.ts';
import { StepFailure, toFailure } from '../diagnosis/failure.ts';
import { colorRelease, SECRET } from '../kube/names.ts';
import { carryOut } from '../phases.ts';
import { requireAccess } from '../preflight/access.ts';
import { dryRunOf } from '../preflight/dry-run.ts';
import { missingImages, requireFeasible } from '../preflight/feasible.ts';
import { requireLasting } from '../preflight/namespace.ts';
import { requireOwnReleases } from '../preflight/own-releases.ts';
import { abortReason } from '../run/cancel.ts';
import type { RunOptions } from '../run/options.ts';
import { type DeployOutcome, failedOutcome, outcomeOf } from '../run/outcome.ts';
import { step } from '../run/phase.ts';
import { type Plan, Recorder, type Run } from '../run/run.ts';
import { JournalStore } from '../state/journal-store.ts';
import { underLease } from '../under-lease.ts';
import type { Candidate } from './candidates.ts';
import { migrationName } from './describe.ts';
import { findTarget } from './find.ts';
import type { RollbackCollaborators, RollbackOptions } from './options.ts';
import { planRollback, refuseOutsideServices } from './plan.ts';
import { readSituation, type Situation } from './read.ts';
import { wayWithData } from './with-data.ts';

type Wanted = Omit<RollbackOptions, 'smoke'> & RunOptions & { readonly ownSmoke: RollbackOptions['smoke'] };
/** A rollback; its version stands in the options once it is known. */
type RollbackRun = Run & Pick<RollbackCollaborators, 'digestOf' | 'drilled'> & { readonly options: Wanted };

/** Rolls back to a version that served. Failures are in the outcome, not thrown. */
export async function rollback(options: RollbackOptions, outside: RollbackCollaborators, signal: AbortSignal): Promise<DeployOutcome> {
  const wanted: Wanted = { ...options, version: `rollback to ${options.toText}`, smoke: [], ownSmoke: options.smoke };
  const parts = { ...outside, options: wanted, report: new Recorder(), signal };
  try {
    // A journal that was lost is rebuilt under the lease.
    const reading =
      options.dryRun || !(await isRecorded(parts)) ? openJournal(parts) : JournalStore.open(parts.kubernetes, options.release);
    // Side by side: users may be waiting.
    const [journal] = await Promise.all([reading, requireLasting(parts), requireOwnReleases(parts)]);
    if (options.dryRun) return await planOnly({ ...parts, journal });
    return await underLease(parts, (run) => rollBackUnderLease({ ...run, digestOf: outside.digestOf, drilled: outside.drilled }));
  } catch (error) {
    return await failedOutcome(parts, toFailure(abortReason(signal, error)));
  }
}

/** Errors: `ConfigurationError` where this app was never deployed. */
export async function openJournal({
  kubernetes,
  options,
}: Pick<Run, 'kubernetes'> & { options: { release: string } }): Promise<JournalStore> {
  const journal = await JournalStore.open(kubernetes, options.release);
  if (journal.journal.history.length > 0) return journal;
  throw new ConfigurationError(
    `No version of "${options.release}" has served in namespace ${kubernetes.namespace}: there is nothing to roll back to`,
    {
      hint: 'Are "release" and "namespace" those of the deploy?',
    },
  );
}

/** Whether Helm has a record of a color. */
async function isRecorded({ kubernetes, options }: Pick<Run, 'kubernetes'> & { options: { release: string } }): Promise<boolean> {
  const names = COLORS.map((color) => colorRelease(options.release, color)).join(',');
  return (await kubernetes.list(SECRET, { labelSelector: `owner=helm,name in (${names})`, metadataOnly: true })).items.length > 0;
}

async function rollBackUnderLease(run: RollbackRun): Promise<DeployOutcome> {
  if (run.journal.journal.history.length === 0) await openJournal(run);
  const found = await step(run, 'preflight', `Look for ${run.options.toText} before anything is touched`, () => preflight(run));
  const { plan } = found;
  const resolved = toVersion(run, found);
  if (plan === undefined) return outcomeOf(resolved, unchangedPlan(found), 'unchanged');
  // Pods that run need no registry: a missing image is reported once users are safe.
  const missing = plan.warm ? missingImages(resolved, plan) : undefined;
  const outcome = await carryOut(resolved, plan);
  for (const image of (await missing) ?? []) {
    const message = `The registry no longer has ${image}: the pods run, but new ones could not start`;
    run.log.warning(message);
    run.report.notes.push(message);
  }
  return outcome;
}

const unchangedPlan = ({ situation }: Found) => ({
  ...situation,
  color: situation.active,
  split: { colorless: situation.serving?.inPlace === true },
});

interface Found {
  situation: Situation & { active: NonNullable<Situation['active']> };
  /** Absent where the version serves already. */
  target?: Candidate;
  plan?: Plan;
  /** What is left cannot be kept warm: shared Services would lead to it. */
  notWarm?: boolean;
}

async function preflight(run: RollbackRun): Promise<Found> {
  // Beside the reading: it must not take time where users wait.
  const rights = requireAccess(run, []);
  const [found] = await Promise.all([findVersion(run), rights]);
  return found;
}

async function findVersion(run: RollbackRun): Promise<Found> {
  const { active, ...rest } = await readSituation(run);
  if (active === undefined)
    throw new StepFailure('state-unclear', `No Service of "${run.options.release}" selects a color, and the journal names none`);
  const situation = { ...rest, active };
  const target = await findTarget(run, situation);
  if (target === 'serving') {
    run.log.info(`${situation.serving?.version} serves already: nothing to do`);
    return { situation };
  }
  await requireReversible(run, target);
  const plan = await planRollback(run, situation, target);
  run.log.info(servedText(target, plan));
  if (!plan.warm) {
    await refuseOutsideServices(run, plan);
    await requireFeasible(toVersion(run, { situation, target }), plan);
  }
  return { situation, target, plan, notWarm: await leadsToWarm(run, plan) };
}

function servedText({ entry }: Candidate, { split, warm, color }: Plan): string {
  if (split.colorless) return `${entry.version} was in place until it was replaced; it is applied as it was recorded`;
  return `${entry.version} served as ${entry.color} until it was replaced; it ${warm ? 'still runs' : 'comes up'} as ${color}`;
}

/** Whether Services that both versions share from now on would lead to the pods that are left, as long as they are kept. Then that is said. */
async function leadsToWarm(run: RollbackRun, { split }: Plan): Promise<boolean> {
  const { options, log, report } = run;
  if (options.keepOld !== 'warm') return false;
  const found = warmRefusals(await givenBack(run, split), options.keepOld);
  for (const { object, message } of found) {
    const text = `${object} ${message}: they are scaled to zero`;
    log.warning(text);
    report.notes.push(text);
  }
  return found.length > 0;
}

/** The run, now that it is known which version it brings. */
function toVersion<R extends RollbackRun>(run: R, { situation, target, notWarm }: Found): R {
  const entry = target?.entry ?? situation.serving;
  if (!entry) return run;
  const { options, report } = run;
  const url = options.url ?? entry.url;
  report.url = url;
  return {
    ...run,
    options: {
      ...options,
      version: entry.version,
      keepOld: notWarm ? 'zero' : options.keepOld,
      smoke: options.ownSmoke ?? entry.smoke,
      url,
      versionHeader: entry.versionHeader ?? options.versionHeader,
    },
  };
}

/** Errors: `StepFailure` (irreversible) unless the user allows it. */
async function requireReversible({ options, log, ...run }: RollbackRun, { entry, irreversible }: Candidate): Promise<void> {
  if (irreversible.length === 0) return;
  const what = `${irreversible.map(migrationName).join(', ')} ran after ${entry.version} and cannot be undone`;
  if (options.allowIrreversible) {
    log.warning(`${what}: rolling back anyway, as requested`);
    return;
  }
  const app = { release: options.release, namespace: run.kubernetes.namespace };
  const withData = await wayWithData(app, irreversible, { now: run.clock.now(), drilled: run.drilled });
  throw new StepFailure('irreversible', `${what}: ${entry.version} may not work with the schema as it is now`, {
    hint: `If you know that it does, set allow-irreversible: true. Otherwise roll back to a version deployed since then (list: true shows them). ${withData}`,
  });
}

async function planOnly(run: RollbackRun): Promise<DeployOutcome> {
  const found = await step(run, 'preflight', 'Plan: nothing is touched', () => preflight(run));
  const resolved = toVersion(run, found);
  const { plan } = found;
  if (!plan) return outcomeOf(resolved, unchangedPlan(found), 'unchanged');
  return { ...outcomeOf(resolved, plan, 'planned'), dryRun: await dryRunOf(resolved, plan, 'deploy') };
}
