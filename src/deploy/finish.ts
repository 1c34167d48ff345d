import { type AppliedBase, contractBase } from './base/apply.ts';
import { freeAutoscalers } from './color/autoscalers.ts';
import { retireColor } from './color/retire.ts';
import { type Plan, type Run, step } from './run/run.ts';
import { contracted, end } from './state/journal.ts';

/**
 * The new version serves; the old color is drained and put to rest. What goes wrong here does not make the run red: the journal holds it
 * as unfinished, and the next run finishes it.
 */
export async function finish(run: Run, plan: Plan, base: AppliedBase): Promise<void> {
  const { options, log, clock, report } = run;
  try {
    await step(run, 'finish', plan.active ? `Drain ${plan.active}, then ${after(options.keepOld)}` : 'Finish', async (record) => {
      await freeAutoscalers(run, plan.color);
      if (plan.active) {
        await clock.sleep(options.drainMs, run.signal);
        await contract(run, plan, base);
        await retireColor(run, plan.active, options.keepOld);
      }
      await run.journal.update((journal) => end(journal));
      record.note = plan.active
        ? `${plan.active} ${options.keepOld === 'zero' ? 'is at zero' : options.keepOld === 'warm' ? 'is kept warm' : 'is removed'}`
        : undefined;
    });
  } catch (error) {
    const message = `Version ${options.version} serves; tidying up was not finished (${error instanceof Error ? error.message : error}): the next run does it`;
    log.warning(message);
    report.notes.push(message);
  }
}

/** From here on there is no automatic way back. */
async function contract(run: Run, plan: Plan, base: AppliedBase): Promise<void> {
  if (base.deferred.length === 0) return;
  for (const what of base.deferred) run.log.info(`Now: ${what}`);
  const baseRevision = await contractBase(run, plan);
  await run.journal.update((journal) => contracted(journal, { baseHash: plan.split.baseHash, baseRevision }));
}

const after = (keep: 'zero' | 'warm' | 'remove'): string =>
  keep === 'zero' ? 'scale it to zero' : keep === 'warm' ? 'keep it warm' : 'remove it';
