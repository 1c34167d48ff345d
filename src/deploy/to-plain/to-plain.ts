import { otherColor } from '../../split/model.ts';
import { healLeaving, leavesToPlain } from '../adoption/heal-leaving.ts';
import { leaveForGood, moveToPlain, pinsNow, placePlain, plainMoves, planLeaving, startPlain, waitForPlain } from '../adoption/leave.ts';
import { requireChecks } from '../checks/checks.ts';
import { StepFailure, toFailure } from '../diagnosis/failure.ts';
import { requireAccess } from '../preflight/access.ts';
import { abortReason } from '../run/cancel.ts';
import type { Collaborators } from '../run/options.ts';
import { type DeployOutcome, failedOutcome } from '../run/outcome.ts';
import { phase, step } from '../run/phase.ts';
import { Recorder, type Run } from '../run/run.ts';
import { begin, enter } from '../state/journal.ts';
import { JournalStore } from '../state/journal-store.ts';
import { gone, plainPassed, plainServes } from '../state/leaving.ts';
import type { PlainApp } from '../state/plain.ts';
import { findFrontDoor } from '../traffic/front-door.ts';
import type { SeenMove } from '../traffic/selectors.ts';
import { underLease } from '../under-lease.ts';
import { bake, targets } from './checks.ts';
import type { PlainRun, Situation, ToPlainOptions, Wanted } from './model.ts';
import { lines, outcomeOf } from './outcome.ts';

const UNDO_LIMIT_MS = 300_000;

/** Gives an app back to plain Helm, under traffic: the version that plain Helm ran serves again. Failures are in the outcome, not thrown. */
export async function toPlain(options: ToPlainOptions, outside: Collaborators, signal: AbortSignal): Promise<DeployOutcome> {
  const wanted: Wanted = { ...options, smoke: options.smoke ?? [], version: 'plain Helm', keepOld: 'remove' };
  const parts = { ...outside, options: wanted, report: new Recorder(), signal };
  try {
    if (options.dryRun) {
      const run = { ...parts, journal: await JournalStore.open(outside.kubernetes, options.release) };
      const found = await step(run, 'preflight', 'Plan: nothing is touched', () => preflight(run));
      run.report.notes.push(...lines(found));
      return outcomeOf(run, found, 'planned');
    }
    return await underLease(parts, (run) => leave(options.smoke ? run : withRecordedChecks(run)));
  } catch (error) {
    return await failedOutcome(parts, toFailure(abortReason(signal, error)));
  }
}

function withRecordedChecks(run: PlainRun): PlainRun {
  const { active, history } = run.journal.journal;
  const serving = history.find(({ color }) => color === active);
  return { ...run, options: { ...run.options, smoke: serving?.smoke ?? [], url: run.options.url ?? serving?.url } };
}

async function preflight(run: PlainRun): Promise<Situation> {
  const { active, history } = run.journal.journal;
  await requireAccess(run, []);
  if (active === undefined)
    throw new StepFailure('state-unclear', `No color of "${run.options.release}" serves: there is nothing to leave`);
  const found = await planLeaving(run, active);
  const serving = history.find(({ color }) => color === active);
  return { ...found, serving: { version: serving?.version ?? '', partHash: serving?.partHash ?? '' } };
}

async function leave(unnamed: PlainRun): Promise<DeployOutcome> {
  const found = await step(unnamed, 'preflight', 'Look for the version that plain Helm ran', () => preflight(unnamed));
  const run: PlainRun = { ...unnamed, options: { ...unnamed.options, version: found.plain.version } };
  run.report.url = run.options.url;
  try {
    await bringUp(run, found);
    await moveUsers(run, found);
    await finish(run);
  } catch (error) {
    return recover(run, error);
  }
  return outcomeOf(run, found, 'deployed');
}

async function bringUp(run: PlainRun, found: Situation): Promise<void> {
  const { plain } = found;
  await phase(run, 'base', `Apply what ${plain.version} shares`, () => placePlain(run, found), {
    entry: async () => (journal) => begin(journal, beginning(run, found)),
  });
  await phase(run, 'color', 'Bring the plain workloads up', () => startPlain(run, found));
  await phase(run, 'ready', 'Wait until the plain workloads are ready', () => waitForPlain(run, found));
  await phase(run, 'smoke', 'Check the plain pods before users see them', async (record) => {
    const pinned = { ...plain, services: await pinsNow(run, found) };
    const checks = run.options.smoke.filter((check) => check.service !== undefined);
    const results = await requireChecks(run, checks, (check) => targets(run, pinned, check), {
      when: 'before the switch',
      retries: 5,
      intervalMs: 1_000,
    });
    record.note = `${results.length} checks passed`;
    await run.journal.update((journal) => plainPassed(journal, pinned));
  });
}

const beginning = (run: PlainRun, { plain, active, base }: Situation) => ({
  holder: run.options.who.holder,
  runUrl: run.options.who.runUrl,
  actor: run.options.who.actor,
  startedAt: new Date(run.clock.now()).toISOString(),
  version: run.options.version,
  color: otherColor(active),
  previousColor: active,
  toPlain: plain,
  baseBefore: base,
  keepOld: 'remove' as const,
  drainMs: run.options.drainMs,
  partHash: '',
  baseHash: '',
  warm: true,
});

async function moveUsers(run: PlainRun, found: Situation): Promise<void> {
  const door = await findFrontDoor(run, { url: run.options.url, nodeDoors: [] });
  const plain = passed(run);
  let moves: SeenMove[] = [];
  const move = async (record: { note?: string | undefined }) => {
    run.signal.throwIfAborted();
    run.report.switchMs = await moveToPlain(run, { ...found, plain }, moves);
    record.note = `${moves.length} Services in ${run.report.switchMs} ms`;
  };
  await phase(run, 'switch', 'Switch users to the plain pods', move, {
    entry: async () => {
      moves = await plainMoves(run, plain, found.before);
      return (journal) => enter(journal, 'switch', { services: moves.map(({ resourceVersion: _, ...one }) => one) });
    },
  });
  const title = `Watch ${plain.version} for ${run.options.bakeMs / 1000} s under real traffic`;
  await phase(run, 'bake', title, () => bake(run, plain, door));
}

const passed = (run: PlainRun): PlainApp => {
  const { inFlight } = run.journal.journal;
  if (!inFlight || !leavesToPlain(inFlight)) throw new StepFailure('internal', 'The way back to plain Helm is not in the journal');
  return inFlight.toPlain;
};

/** The colors go; failures after that is recorded do not make the run red: the next one finishes it. */
async function finish(run: PlainRun): Promise<void> {
  const plain = passed(run);
  try {
    await phase(
      run,
      'finish',
      'Drain the color, then remove what is not plain Helm',
      async () => {
        await run.clock.sleep(run.options.drainMs, run.signal);
        await leaveForGood(run, plain);
        await run.journal.update(gone);
      },
      {
        entry: async () => {
          run.signal.throwIfAborted();
          return plainServes;
        },
      },
    );
  } catch (error) {
    if (run.journal.journal.inFlight?.phase !== 'finish') throw error;
    const message = `${plain.version} serves; the cleanup did not finish (${error instanceof Error ? error.message : error}): the next run completes it`;
    run.log.warning(message);
    run.report.notes.push(message);
  }
}

/** Users first: the color serves again, then the plain workloads go. */
async function recover(run: PlainRun, thrown: unknown): Promise<DeployOutcome> {
  const failure = toFailure(abortReason(run.signal, thrown));
  const { inFlight } = run.journal.journal;
  if (failure.reason === 'lease-lost' || !inFlight || !leavesToPlain(inFlight)) return failedOutcome(run, failure);
  const { reason, message, hint } = failure;
  run.report.failure = {
    reason,
    message,
    evidence: await failure.evidence(),
    step: run.report.steps.findLast((entry) => entry.result === 'failed')?.name,
    hint: hint || undefined,
  };
  const at = new Date(run.clock.now()).toISOString();
  const last = { version: run.options.version, at, reason, cause: message, runUrl: run.options.who.runUrl };
  try {
    await healLeaving({ ...run, signal: AbortSignal.timeout(UNDO_LIMIT_MS) } as Run, inFlight, last);
  } catch (error) {
    const second = toFailure(error);
    const both = `${message}. The way back to the color failed too: ${second.message}`;
    return failedOutcome(run, new StepFailure('rollback-failed', both, { hint: second.hint, cause: new AggregateError([failure, error]) }));
  }
  return { ...(await failedOutcome(run, failure)), status: 'rolled-back', rolledBack: true };
}
