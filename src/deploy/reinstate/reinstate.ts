import { applySecrets } from '../base/secrets.ts';
import { toFailure } from '../diagnosis/failure.ts';
import { carryOut } from '../phases.ts';
import { requireFeasible } from '../preflight/feasible.ts';
import { requireNamespace } from '../preflight/namespace.ts';
import { requireOwnReleases } from '../preflight/own-releases.ts';
import { abortReason } from '../run/cancel.ts';
import type { Collaborators, RunOptions } from '../run/options.ts';
import { type DeployOutcome, failedOutcome } from '../run/outcome.ts';
import { step } from '../run/phase.ts';
import { type Plan, Recorder, type Run } from '../run/run.ts';
import { reinstated } from '../state/journal.ts';
import type { Deployed, Journal } from '../state/model.ts';
import { underLease } from '../under-lease.ts';
import type { Memory, ReinstateOptions } from './model.ts';
import { requireNobody } from './nobody.ts';
import { planOf } from './plan.ts';
import { requireSecrets } from './secrets-there.ts';

type ReinstateRun = Run & { readonly options: ReinstateOptions & RunOptions };

/** Brings a recorded app up where it is gone: the version that served, by its own parts and digests. Failures are in the outcome, not thrown. */
export async function reinstate(options: ReinstateOptions, outside: Collaborators, signal: AbortSignal): Promise<DeployOutcome> {
  const { version, smoke } = options.app.serving;
  // Names may lead elsewhere still: what is asked there says nothing of what comes up here.
  const inside = smoke.filter(({ url }) => url === undefined);
  const parts = { ...outside, options: { ...options, version, smoke: inside }, report: new Recorder(), signal };
  try {
    await requireOwnReleases(parts);
    await requireNamespace(outside);
    return await underLease(parts, reinstateUnderLease);
  } catch (error) {
    return await failedOutcome(parts, toFailure(abortReason(signal, error)));
  }
}

async function reinstateUnderLease(run: ReinstateRun): Promise<DeployOutcome> {
  const { memory, data, version } = run.options;
  const plan = await step(run, 'preflight', `Check version ${version} before anything is touched`, () => preflight(run));
  if (memory) await remember(run, memory);
  const outcome = await carryOut(run, plan, {
    record: async () => ({}),
    act: () => applySecrets(run),
    ...(data && { afterBase: data }),
  });
  if (memory && outcome.status === 'deployed') await run.journal.update((journal) => withOwnChecks(journal, run.options.app.serving));
  return outcome;
}

/** Pure: the next rollback asks what the version's own deploy asked, where users come in, too. */
const withOwnChecks = (journal: Journal, { smoke, url, versionHeader }: Deployed): Journal => ({
  ...journal,
  history: journal.history.map((entry, index) => (index === 0 ? { ...entry, smoke, url, versionHeader } : entry)),
});

async function preflight(run: ReinstateRun): Promise<Plan> {
  const { app, release } = run.options;
  await requireNobody(run);
  const plan = planOf(app, release, run.kubernetes.namespace);
  await requireSecrets(run, plan);
  for (const line of await requireFeasible(run, plan)) run.log.info(line);
  return plan;
}

/** The journal first: whoever comes after a run that was killed knows from it what this one was about. */
async function remember({ kubernetes, journal, options, clock, log }: ReinstateRun, { backup, records }: Memory): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  await journal.update(() => reinstated(options.app.journal, { backup, at }));
  for (const record of records) {
    const { apiVersion, kind, metadata } = record;
    if (await kubernetes.get({ apiVersion, kind: kind as 'Secret', name: metadata.name })) continue;
    await kubernetes.create(record);
    log.info(`Secret ${metadata.name} is there again, from backup ${backup}`);
  }
}
