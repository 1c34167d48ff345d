import { bake } from './bake.ts';
import { type AppliedBase, applySecrets, baseChanged, baseRevision, expandBase } from './base.ts';
import { place, type Raised, raiseColor, runPostHooks } from './color.ts';
import { dryRun } from './dry-run.ts';
import { finish } from './finish.ts';
import { findFrontDoor, requireFrontDoor } from './front-door.ts';
import { goBack } from './go-back.ts';
import { heal } from './heal.ts';
import { toFailure } from './helm-failure.ts';
import { begin, enter, prove, serve } from './journal.ts';
import { JournalStore } from './journal-store.ts';
import { abortReason, acquireLease } from './lease.ts';
import { requireNamespace } from './namespace.ts';
import type { Collaborators, DeployOptions } from './options.ts';
import { type DeployOutcome, failedOutcome, outcomeOf } from './outcome.ts';
import { isSuperseded, isUnchanged, makePlan, requireFeasible } from './preflight.ts';
import { waitReady } from './ready.ts';
import { type Plan, Recorder, type Run, step } from './run.ts';
import { proveIdle } from './smoke-idle.ts';
import { switchTraffic } from './traffic.ts';

/** One deploy, from the lease to the old color's end. What goes wrong in it is in the outcome, not thrown. */
export async function deploy(options: DeployOptions, outside: Collaborators, signal: AbortSignal): Promise<DeployOutcome> {
  const report = new Recorder();
  const parts = { ...outside, options, report, signal };
  try {
    if (options.dryRun) return await planOnly(parts);
    await requireNamespace(outside);
    const lease = await step(parts, 'lock', `Take the lease of "${options.release}"`, () =>
      acquireLease(options.release, options.who, outside, { limitMs: options.timeoutMs, signal }),
    );
    try {
      const journal = await JournalStore.open(outside.kubernetes, options.release);
      return await deployUnderLease({ ...parts, signal: lease.signal, journal });
    } catch (error) {
      return await failedOutcome(parts, toFailure(abortReason(lease.signal, error)));
    } finally {
      await lease.release();
    }
  } catch (error) {
    return await failedOutcome(parts, toFailure(abortReason(signal, error)));
  }
}

async function deployUnderLease(run: Run): Promise<DeployOutcome> {
  await step(run, 'heal', 'Look for what a killed run left', async (record) => {
    record.note = await heal(run);
    if (record.note === undefined) record.result = 'skipped';
  });
  const { plan, verdict } = await step(run, 'preflight', `Check version ${run.options.version} before anything is touched`, () =>
    preflight(run),
  );
  run.report.url = run.options.url ?? plan.split.url;
  if (verdict !== 'deploy') return outcomeOf(run, plan, verdict);
  const baseBefore = baseChanged(plan) ? await baseRevision(run) : undefined;
  await run.journal.update((journal) => begin(journal, beginning(run, plan, baseBefore)));
  let up: BroughtUp;
  try {
    up = await bringUp(run, plan);
    await moveUsers(run, up.plan, up);
  } catch (error) {
    return goBack(run, plan, error);
  }
  await finish(run, up.plan, up.base);
  return outcomeOf(run, plan, 'deployed');
}

async function preflight(run: Run): Promise<{ plan: Plan; verdict: 'deploy' | 'unchanged' | 'superseded' }> {
  const plan = await makePlan(run);
  const { options, log } = run;
  if (await isSuperseded(run, plan.serving)) {
    log.info(`${options.version} is older than ${plan.serving?.version}, which serves: nothing to do`);
    return { plan, verdict: 'superseded' };
  }
  if (await isUnchanged(run, plan)) {
    log.info(`What ${options.version} consists of serves already (as ${plan.serving?.version}): nothing to do`);
    return { plan, verdict: 'unchanged' };
  }
  await requireFeasible(run, plan);
  return { plan, verdict: 'deploy' };
}

/** Base and color as they were applied. */
interface BroughtUp extends Raised {
  plan: Plan;
  base: AppliedBase;
}

/** Up to the proof of the idle color: no user notices any of this. */
async function bringUp(run: Run, planned: Plan): Promise<BroughtUp> {
  const { options, log } = run;
  const enterPhase = (phase: 'color' | 'ready' | 'smoke') => run.journal.update((journal) => enter(journal, phase));
  const { plan, base } = await step(run, 'base', 'Apply what both colors share', async (record) => {
    const plan = await place(run, planned);
    await applySecrets(run);
    if (baseChanged(plan)) return { plan, base: await expandBase(run, plan) };
    log.info('Nothing in it changed');
    record.result = 'skipped';
    return { plan, base: { revision: plan.serving?.baseRevision ?? 0, deferred: [] } };
  });
  await enterPhase('color');
  const raised = await step(run, 'color', `Bring ${plan.color} up with version ${options.version}`, () => raiseColor(run, plan));
  await enterPhase('ready');
  const ready = await step(run, 'ready', `Wait until ${plan.color} is ready`, async () => {
    await waitReady(expected(raised), run, { signal: run.signal, limitMs: options.timeoutMs });
    return runPostHooks(run, plan, raised);
  });
  await enterPhase('smoke');
  await step(run, 'smoke', `Check ${plan.color} before users see it`, (record) => proveIdle(run, plan, raised.split, record));
  await run.journal.update(prove);
  return { ...ready, plan, base };
}

function expected({ split }: Raised) {
  const own = split.workloads.filter((workload) => workload.kind === 'Deployment' && !workload.worker);
  return [
    ...split.shared.map((workload) => ({ ...workload, shared: true })),
    ...own.map((workload) => ({ kind: 'Deployment' as const, name: workload.coloredName, shared: false })),
  ];
}

/** The switch, and the bake after which the new version is what serves. */
async function moveUsers(run: Run, plan: Plan, raised: BroughtUp): Promise<void> {
  const door = await findFrontDoor(run, plan.split.url);
  requireFrontDoor(run, door, plan.firstDeploy);
  run.signal.throwIfAborted();
  await step(run, 'switch', `Switch users to ${plan.color}`, (record) => switchTraffic(run, plan, raised.split, door, record));
  await run.journal.update((journal) => enter(journal, 'bake'));
  await step(run, 'bake', `Watch ${options(run)} under real traffic`, (record) => bake(run, plan, raised.split, door, record));
  run.signal.throwIfAborted();
  await run.journal.update((journal) => serve(journal, deployed(run, plan, raised)));
}

const options = (run: Run): string => `${run.options.version} for ${run.options.bakeMs / 1000} s`;

function beginning(run: Run, plan: Plan, baseBefore: number | undefined) {
  const { who, version, keepOld } = run.options;
  return {
    holder: who.holder,
    runUrl: who.runUrl,
    actor: who.actor,
    startedAt: new Date(run.clock.now()).toISOString(),
    version,
    color: plan.color,
    ...(plan.active ? { previousColor: plan.active } : {}),
    ...(baseBefore === undefined ? {} : { baseBefore }),
    keepOld,
    partHash: plan.split.partHash,
    baseHash: plan.split.baseHash,
  };
}

function deployed(run: Run, plan: Plan, raised: BroughtUp) {
  const { split } = plan;
  const { who, version, smoke } = run.options;
  return {
    version,
    color: plan.color,
    at: new Date(run.clock.now()).toISOString(),
    actor: who.actor,
    runUrl: who.runUrl,
    partHash: split.partHash,
    // Not the whole of it yet: a run that is killed before the contraction leaves a base that counts as changed.
    baseHash: raised.base.deferred.length > 0 ? '' : split.baseHash,
    baseRevision: raised.base.revision,
    colorRevision: raised.revision,
    images: [...new Set(split.images.map((entry) => entry.image))],
    services: split.services.map((service) => service.name),
    replicas: Object.fromEntries(split.workloads.flatMap(({ name, replicas }) => (replicas === undefined ? [] : [[name, replicas]]))),
    smoke: [...smoke],
    ...(run.report.url ? { url: run.report.url } : {}),
  };
}

/** Reads and compares; neither the lease nor the journal is written. */
async function planOnly(parts: Omit<Run, 'journal'>): Promise<DeployOutcome> {
  const run: Run = { ...parts, journal: await JournalStore.open(parts.kubernetes, parts.options.release) };
  const { plan, dry } = await step(run, 'preflight', 'Plan: nothing is touched', () => dryRun(run));
  run.report.url = run.options.url ?? plan.split.url;
  return { ...outcomeOf(run, plan, 'planned'), dryRun: dry };
}
