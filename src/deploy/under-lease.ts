import { toFailure } from './diagnosis/failure.ts';
import { heal } from './recovery/heal.ts';
import { abortReason } from './run/cancel.ts';
import type { RunOptions } from './run/options.ts';
import { type DeployOutcome, failedOutcome } from './run/outcome.ts';
import { step } from './run/phase.ts';
import type { Run } from './run/run.ts';
import { fenced } from './state/fence.ts';
import { JournalStore } from './state/journal-store.ts';
import { Lease } from './state/lease.ts';

type Parts<O extends RunOptions> = Omit<Run, 'journal' | 'options'> & { readonly options: O };

/**
 * The frame of every run that changes an app: its lease, the healing of what a killed run left, then `body`. Failures are in the
 * outcome, not thrown.
 */
export async function underLease<O extends RunOptions>(
  parts: Parts<O>,
  body: (run: Run & { readonly options: O }) => Promise<DeployOutcome>,
): Promise<DeployOutcome> {
  const { options, signal } = parts;
  const lease = await step(parts, 'lock', `Take the lease of "${options.release}"`, () =>
    Lease.acquire(options.release, options.who, parts, { limitMs: options.timeoutMs, signal }),
  );
  try {
    const own = fenced(parts, () => lease.prove());
    const journal = await JournalStore.open(own.kubernetes, options.release, () => lease.prove({ anew: true }));
    const run = { ...own, signal: lease.signal, held: lease.lost, journal };
    await step(run, 'heal', 'Look for what a killed run left', async (record) => {
      record.note = await heal(run);
      if (record.note === undefined) record.result = 'skipped';
    });
    return await body(run);
  } catch (error) {
    return await failedOutcome(parts, toFailure(abortReason(lease.signal, error)));
  } finally {
    await lease.release();
  }
}
