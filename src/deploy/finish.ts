import { passesAgain } from './checks/again.ts';
import { tidyUp } from './recovery/tidy-up.ts';
import { isInPlace } from './run/in-place.ts';
import { phase } from './run/phase.ts';
import type { Plan, Run, StepRecord } from './run/run.ts';
import { serve } from './state/journal.ts';
import { requireOurSelectors } from './traffic/overruled.ts';

/**
 * The new version serves; the old color is drained and retired. Failures after that is recorded do not make the run red: the
 * journal holds it as unfinished, and the next run finishes it.
 */
export async function finish(run: Run, plan: Plan): Promise<void> {
  const { options, log, report } = run;
  const title = titleOf(plan, AFTERWARDS[options.keepOld].todo);
  try {
    await phase(run, 'finish', title, (record) => finishRun(run, plan, record), {
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

async function finishRun(run: Run, plan: Plan, record: StepRecord): Promise<void> {
  const { inFlight } = run.journal.journal;
  if (!inFlight) return;
  const left = await tidyUp(run, inFlight, { signal: run.signal, stillWorks: () => passesAgain(run, plan) });
  if ((plan.active || plan.plain) && !isInPlace(plan)) record.note = left ?? doneText(run, plan);
}

const titleOf = (plan: Plan, then: string): string => {
  const { active, plain } = plan;
  if (isInPlace(plan)) return 'Finish';
  if (plain) return 'Drain the plain workloads, then delete them';
  return active ? `Drain ${active}, then ${then}` : 'Finish';
};

const doneText = ({ options }: Run, { active }: Plan): string =>
  active ? `${active} ${AFTERWARDS[options.keepOld].done}` : 'the plain workloads are deleted';

/** What happens to the old color, as text. */
const AFTERWARDS = {
  zero: { todo: 'scale it to zero', done: 'is at zero' },
  warm: { todo: 'keep it warm', done: 'is kept warm' },
  remove: { todo: 'remove it', done: 'is removed' },
} as const;
