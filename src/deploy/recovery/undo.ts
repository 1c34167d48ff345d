import { LeaseLostError, RollbackFailedError } from '../../interfaces/errors.ts';
import { backToPlain } from '../adoption/back.ts';
import { returnBase } from '../base/return.ts';
import { restoreSecrets } from '../base/secrets-before.ts';
import { readyAgain, takeBaseBack } from '../base/take-back.ts';
import { releaseAutoscalers } from '../color/autoscalers.ts';
import { jobsEnded } from '../color/jobs.ts';
import { setPlainWorkers } from '../color/plain-workers.ts';
import { stopColor } from '../color/retire.ts';
import { moveWorkers, setWorkers } from '../color/workers.ts';
import type { StepFailure } from '../diagnosis/failure.ts';
import { kubeProxyFollows } from '../kube/kube-proxy.ts';
import { SERVICE } from '../kube/names.ts';
import { phase } from '../run/phase.ts';
import type { AppContext, StepRecord } from '../run/run.ts';
import { beforeOf } from '../state/healing.ts';
import { end } from '../state/journal.ts';
import type { InFlight, Journal } from '../state/model.ts';
import { exceptOverruled } from '../traffic/overruled.ts';
import { proveRoutes } from '../traffic/routes.ts';
import { restoreServices } from '../traffic/selectors.ts';
import { markGivenUp } from './given-up.ts';
import { drain, heldSignal, stopLeft } from './leave.ts';
import { makeColorServices, serviceMaker } from './made-again.ts';
import { Records } from './records.ts';

/** A switch back must end even where its run was cancelled, but not after the lease was lost. */
const SWITCH_BACK_LIMIT_MS = 120_000;
const FOLLOW_LIMIT_MS = 30_000;
/** What a failed version's schedule has started may end, but the failure is to be told. */
const JOBS_LIMIT_MS = 60_000;

interface Back {
  /** Checks the version that serves again; returns a note. */
  afterwards?: () => Promise<string>;
  /** What served before cannot be proved, whatever was tried: users go back to it all the same, since what they leave failed. */
  unproved?: boolean;
}

/**
 * First of all users: every Service back to what it selected, then the workers, then the proof, until every node follows. The same for a
 * run that failed and for one that was killed. Returns how long users waited, ms.
 * Errors: `RollbackFailedError` with the commands that restore the Services by hand, `StepFailure` (switch-failed).
 */
export async function switchBack(
  run: AppContext,
  inFlight: InFlight,
  { afterwards = async () => '', unproved = false }: Back = {},
): Promise<number> {
  const { services, previousColor, plain } = inFlight;
  const title = `Switch users back to ${nameOf(inFlight)}`;
  const body = async (record: StepRecord): Promise<number> => {
    const started = run.clock.now();
    const records = new Records(run);
    // Of what a first deploy found nothing is recorded.
    const evenLost = unproved || !(previousColor || plain);
    await restoreServices(services, { ...run, make: serviceMaker(run, records), evenLost }).catch((error: unknown) => {
      throw error instanceof LeaseLostError ? error : servicesNotRestored(run, inFlight, error);
    });
    // Users do not wait for schedules, which take a moment to be handed over.
    const working = returnWorkers(run, inFlight);
    working.catch(() => undefined);
    // Where nobody was served, or the version has switched it off, there is nothing behind what they selected.
    const served = previousColor || plain ? services.filter(({ asleep }) => !asleep?.from) : [];
    const routes = served.flatMap(({ name, from }) => (from ? [{ service: name, selector: from }] : []));
    const proof = proveRoutes(routes, run, { signal: AbortSignal.timeout(SWITCH_BACK_LIMIT_MS), limitMs: FOLLOW_LIMIT_MS });
    const returned = returnBase(run, inFlight);
    await (unproved ? proof.catch((error: unknown) => sayUnproved(run, inFlight, error)) : proof).catch(async (error: unknown) => {
      await Promise.allSettled([returned, working]);
      throw error;
    });
    const took = run.clock.now() - started;
    await Promise.all([working, returned, kubeProxyFollows({ clock: run.clock, signal: heldSignal(run) })]);
    record.note = [`${services.length} Services in ${took} ms`, await afterwards()].filter(Boolean).join('; ');
    await repairColorServices(run, inFlight, records);
    return took;
  };
  // A later run reverts a switch and a bake in the same way, so users need not wait for the record.
  return phase(run, 'switch-back', title, body, { evenUnrecorded: true });
}

async function returnWorkers(run: AppContext, { color, previousColor, plain }: InFlight): Promise<void> {
  if (previousColor) await moveWorkers(run, color, previousColor);
  else await setWorkers(run, color, false);
  if (plain) await setPlainWorkers(run, plain, true);
}

const nameOf = (inFlight: InFlight): string => {
  const before = beforeOf(inFlight);
  return before === 'plain' ? 'the plain workloads' : (before ?? 'nothing: this was the first deploy');
};

function sayUnproved({ log }: AppContext, inFlight: InFlight, error: unknown): void {
  if (error instanceof LeaseLostError) throw error;
  log.warning(
    `Users are led to ${nameOf(inFlight)}, which is not ready: what they were taken from failed. See: kubectl get pods; then deploy a version that works`,
  );
}

async function repairColorServices(run: AppContext, { previousColor }: InFlight, records: Records): Promise<void> {
  const entry = run.journal.journal.history.find(({ color }) => color === previousColor);
  if (!entry) return;
  const { items } = await run.kubernetes.list(SERVICE);
  for (const line of await makeColorServices(run, entry, items, records)) run.log.warning(line);
}

function servicesNotRestored({ kubernetes }: AppContext, inFlight: InFlight, cause: unknown): RollbackFailedError {
  const { services } = inFlight;
  const { namespace } = kubernetes;
  const names = services.map((service) => service.name).join(', ');
  const why = cause instanceof Error ? cause.message : cause;
  return new RollbackFailedError(`Services ${names} could not be switched back to ${nameOf(inFlight)}: ${why}`, {
    cause,
    hint: services.map((service) => kubectlHint(namespace, service.name, service.from)).join('\n'),
  });
}

const kubectlHint = (namespace: string, service: string, selector: Record<string, string> | null): string =>
  `kubectl --namespace ${namespace} patch service ${service} --type=merge -p '${JSON.stringify({ spec: { selector } })}'`;

/** A first deploy that failed serves nobody: its Services, which it has led since its color came up, lead nowhere again. */
async function giveUp(run: AppContext, inFlight: InFlight): Promise<void> {
  const { services } = await exceptOverruled(inFlight, run);
  await markGivenUp(run, inFlight.color);
  await restoreServices(services, { ...run, evenLost: true });
}

/**
 * Users are on what served before: their connections drain, the color is stopped, the input `secrets` go back, and so does the base. What is
 * in place is waited for, and `afterwards` checks it. On a first deploy everything stays as evidence, and no Service leads to it. Nothing is
 * in flight afterwards. Returns why what was in place before is not proved to be back, if it is not.
 */
export async function takeBack(
  run: AppContext,
  inFlight: InFlight,
  failure: Journal['lastFailure'],
  { afterwards = async () => '' }: Pick<Back, 'afterwards'> = {},
): Promise<StepFailure | undefined> {
  const { color, previousColor, warm, plain, inPlace } = inFlight;
  const first = previousColor === undefined && run.journal.journal.history.length === 0;
  return phase(run, 'take-back', backTitle(run, inFlight, first), async (record) => {
    const started = run.clock.now();
    let unproved: StepFailure | undefined;
    // A color that ran before this run began is left as it was found.
    if ((plain || !first) && !warm) await drain(run, inFlight);
    if (plain) {
      await setPlainWorkers(run, plain, true);
      await restoreSecrets(run, inFlight.secretsBefore);
      const { left, workloads } = await backToPlain(run, plain, color);
      if (left.length > 0) record.note = `not given back as it was: ${left.join('; ')}`;
      unproved = await readyAgain(run, workloads);
    } else if (!first) {
      // A color that ran before this run began is left as it was found.
      if (!warm) {
        await markGivenUp(run, color);
        await jobsEnded(run, color, { limitMs: Math.min(run.options.timeoutMs, JOBS_LIMIT_MS) });
        record.note = await stopLeft(run, color, () => stopColor(run, color));
      }
      if (previousColor) await releaseAutoscalers(run, previousColor);
      // Pods that go back in place read them as they start.
      await restoreSecrets(run, inFlight.secretsBefore);
      unproved = await takeBaseBack(run, inFlight);
    } else {
      await giveUp(run, inFlight);
      record.note = 'a first deploy is never removed';
    }
    if (inPlace && !first && !unproved) {
      run.report.backMs = run.clock.now() - started;
      await kubeProxyFollows({ clock: run.clock, signal: heldSignal(run) });
      record.note = [`ready again in ${(run.report.backMs / 1_000).toFixed(1)} s`, await afterwards()].filter(Boolean).join('; ');
    }
    // Whatever became of it: a version that works may be deployed.
    await run.journal.update((journal) => end(journal, failure));
    return unproved;
  });
}

function backTitle({ journal }: AppContext, { color, previousColor, plain, inPlace }: InFlight, first: boolean): string {
  if (plain) return 'Give the app back to plain Helm';
  if (first) return 'Keep everything for inspection';
  if (!inPlace) return `Stop ${color}`;
  const before = journal.journal.history.find((entry) => entry.color === previousColor)?.version;
  return `Go back to ${before ?? 'the version before'}: what was recorded of it is applied`;
}
