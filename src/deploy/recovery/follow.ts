import { type Color, otherColor } from '../../split/model.ts';
import { releaseAutoscalers } from '../color/autoscalers.ts';
import { moveWorkers } from '../color/workers.ts';
import type { AppContext } from '../run/run.ts';
import { follow } from '../state/journal.ts';

/** A person has put users on another color than the journal says: that is how it is from now on. Returns what was done, as text. */
export async function followHand(run: AppContext, color: Color, partHash: string | undefined): Promise<string> {
  await moveWorkers(run, otherColor(color), color);
  await releaseAutoscalers(run, color);
  const at = new Date(run.clock.now()).toISOString();
  const { history } = await run.journal.update((journal) => follow(journal, { color, partHash, at }));
  const [entry] = history;
  const version = entry?.color === color && entry.partHash === partHash ? entry.version : 'a version that nothing is known of';
  return `Users were switched to ${color} by hand: ${version} serves, and the journal says so from now on`;
}
