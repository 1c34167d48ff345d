import { retirePlain } from './adoption/retire.ts';
import { contractBase, removeServices, undoContraction } from './base/contract.ts';
import { passesAgain } from './checks/again.ts';
import { releaseAutoscalers } from './color/autoscalers.ts';
import { waitUntilGone } from './color/gone.ts';
import { retireColor } from './color/retire.ts';
import { phase } from './run/phase.ts';
import type { Plan, Run, StepRecord } from './run/run.ts';
import { contracted, end, serve } from './state/journal.ts';
import { requireOurSelectors } from './traffic/overruled.ts';

/**
 * The new version serves; the old color is drained and retired. Failures after that is recorded do not make the run red: the
 * journal holds it as unfinished, and the next run finishes it.
 */
export async function finish(run: Run, plan: Plan): Promise<void> {
  const { options, log, report } = run;
  const title = titleOf(plan, AFTERWARDS[options.keepOld].todo);
  try {
    await phase(run, 'finish', title, (record) => tidyUp(run, plan, record), {
      entry: async () => {
        run.signal.throwIfAborted();
        await requireOurSelectors(run.journal.journal.inFlight?.services ?? [], run.kubernetes);
        const at = new Date(run.clock.now()).toISOString();
        return (journal) => serve(journal, at);
      },
    });
  } catch (error) {
    if (run.journal.journal.inFlight?.phase !== 'finish') throw error;
    const message = `Version ${options.version} serves; the cleanup did not finish (${error instanceof Error ? error.message : error}): the next run completes it`;
    log.warning(message);
    report.notes.push(message);
  }
}

async function tidyUp(run: Run, plan: Plan, record: StepRecord): Promise<void> {
  const { options } = run;
  await releaseAutoscalers(run, plan.color);
  if (plan.active || plan.plain) {
    await run.clock.sleep(options.drainMs, run.signal);
    await removeServices(run);
    record.note = await retire(run, plan);
    await contract(run, plan);
  }
  await run.journal.update((journal) => end(journal));
}

const titleOf = ({ active, plain }: Plan, then: string): string => {
  if (plain) return 'Drain the plain workloads, then delete them';
  return active ? `Drain ${active}, then ${then}` : 'Finish';
};

/** What served before. Returns what became of it, as text. */
async function retire(run: Run, { active, plain, color }: Plan): Promise<string | undefined> {
  if (plain) await retirePlain(run, plain.app, color);
  if (!active) return plain && 'the plain workloads are deleted';
  await retireColor(run, active, run.options.keepOld);
  return `${active} ${AFTERWARDS[run.options.keepOld].done}`;
}

/** From here on there is no automatic rollback. */
async function contract(run: Run, plan: Plan): Promise<void> {
  const { options } = run;
  if (run.journal.journal.history[0]?.baseHash === plan.split.baseHash) return;
  const old = options.keepOld === 'warm' ? undefined : plan.active;
  const done = await contractBase(run, async () => old && waitUntilGone(run, old));
  if (!done) return;
  if (done.changes.length > 0 && !(await passesAgain(run, plan))) return undoContraction(run, done);
  const { baseHash, baseRevision } = done;
  await run.journal.update((journal) => contracted(journal, { baseHash, baseRevision }));
}

/** What happens to the old color, as text. */
const AFTERWARDS = {
  zero: { todo: 'scale it to zero', done: 'is at zero' },
  warm: { todo: 'keep it warm', done: 'is kept warm' },
  remove: { todo: 'remove it', done: 'is removed' },
} as const;
