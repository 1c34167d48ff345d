import type { Color } from '../../split/model.ts';
import { retirePlain } from '../adoption/retire.ts';
import { contractBase, removeServices, undoContraction } from '../base/contract.ts';
import { removeForgotten } from '../base/forgotten.ts';
import { releaseAutoscalers } from '../color/autoscalers.ts';
import { waitUntilGone } from '../color/gone.ts';
import { retireColor } from '../color/retire.ts';
import type { AppContext } from '../run/run.ts';
import { contracted } from '../state/base-entries.ts';
import { end } from '../state/journal.ts';
import type { InFlight } from '../state/model.ts';
import { drain, heldSignal, leftUp, stopLeft } from './leave.ts';

interface Options {
  signal?: AbortSignal;
  /** Whether the version still works after what waited of the base was applied. */
  stillWorks?: () => Promise<boolean>;
}

/**
 * After a version serves: the old color drains and is retired, what waited of the base is applied. By the run itself, or by another one that
 * finishes what it left, from the journal alone. Nothing is in flight afterwards. Returns what was left up, as text.
 */
export async function tidyUp(run: AppContext, inFlight: InFlight, options: Options = {}): Promise<string | undefined> {
  const { color, keepOld, plain } = inFlight;
  const old = oldColor(inFlight);
  const signal = options.signal ?? heldSignal(run);
  let left: string | undefined;
  await releaseAutoscalers(run, color);
  if (old || plain) {
    await drain(run, inFlight, signal);
  }
  await removeServices(run);
  if (old || plain) {
    if (plain) left = await leftUp(run, () => retirePlain(run, plain, color));
    if (old && keepOld !== 'warm') {
      left = await stopLeft(run, old, () => retireColor({ ...run, signal }, old, keepOld));
    }
  }
  // Where nothing served any more, too: its base was there.
  await contract({ ...run, signal }, inFlight, options.stillWorks);
  if (!plain) await removeForgotten(run);
  await run.journal.update((journal) => end(journal));
  return left;
}

/** The color that users have left, or what is left of one that did not serve any more. */
const oldColor = ({ previousColor, unserved }: InFlight): Color | undefined => previousColor ?? unserved;

/** From here on there is no automatic rollback. */
async function contract(
  run: AppContext & { readonly signal: AbortSignal },
  inFlight: InFlight,
  stillWorks: Options['stillWorks'],
): Promise<void> {
  const [newest] = run.journal.journal.history;
  if (!newest || newest.baseHash === inFlight.baseHash) return;
  const old = inFlight.keepOld === 'warm' ? undefined : oldColor(inFlight);
  const done = await contractBase(run, async () => old && waitUntilGone(run, old));
  if (!done) return;
  if (done.changes.length > 0 && stillWorks && !(await stillWorks())) return undoContraction(run, done);
  await run.journal.update((journal) => contracted(journal, { baseHash: done.baseHash, baseRevision: done.baseRevision }));
}
